import { sql } from 'kysely'
import type { Db } from '../../db/connection.ts'
import type { KindName } from './kinds.ts'

/**
 * What ought to have moved on by now, whenever it began: payments and refunds under way, fees that are late, disputes that
 * are open, payouts on the road, renewals that are due. Of what nobody has read for an hour, the longest unread first.
 */
export async function looseEnds(db: Db): Promise<{ kind: KindName; id: string }[]> {
  const { rows } = await sql<{ kind: KindName; id: string }>`
    select open.kind, open.id from (
      select 'payments' as kind, id, id as read_as from payments where status = 'processing'
      union
      select 'payments', id, id from payments where paid_at is not null and balance_transaction_id is null and amount > 0
      union
      select 'payments', payment_id, payment_id from refunds where status in ('pending', 'requires_action')
      union
      select 'disputes', id, payment_id from disputes where status not in ('won', 'lost', 'warning_closed', 'prevented')
      union
      select 'payouts', id, id from payouts where status in ('pending', 'in_transit')
      union
      select 'subscriptions', id, id from subscriptions
        where ended_at is null and status in ('active', 'trialing', 'past_due') and period_end < now()
    ) as open left join synced on synced.object_id = open.read_as
    where synced_at is null or synced_at < now() - interval '1 hour'
    order by synced_at nulls first, open.id limit 1000
  `.execute(db)
  return rows
}
