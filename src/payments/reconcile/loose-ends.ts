import { sql } from 'kysely'
import type { Db } from '../../db/connection.ts'

/**
 * What ought to have moved on by now, whenever it began: payments and refunds under way, fees that are late, disputes that
 * are open, payouts on the road, renewals that are due. Their ids, of what nobody has read for an hour.
 */
export async function looseEnds(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from (
      select id from payments where status = 'processing'
      union all
      select id from payments where paid_at is not null and balance_transaction_id is null
      union all
      select payment_id from refunds where status in ('pending', 'requires_action')
      union all
      select id from disputes where status not in ('won', 'lost', 'warning_closed', 'prevented')
      union all
      select id from payouts where status in ('pending', 'in_transit')
      union all
      select id from subscriptions where ended_at is null and period_end < now()
    ) as open
    where not exists (select from synced where object_id = open.id and synced_at > now() - interval '1 hour')
    group by id order by id limit 1000
  `.execute(db)
  return rows.map(({ id }) => id)
}
