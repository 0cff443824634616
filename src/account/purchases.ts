import { sql } from 'kysely'
import type { SignedIn } from '../auth/lucia.ts'
import type { Db } from '../db/connection.ts'
import { isPaidBy } from '../payments/paid-by.ts'

const MOST = 50

export type Purchase = Awaited<ReturnType<typeof purchasesOf>>[number]

/**
 * What this person claimed, and what was paid with their address, with or without an account; the newest fifty.
 * Nothing before the address is proved.
 */
export async function purchasesOf(db: Db, { userId, email, emailVerified }: SignedIn) {
  if (!emailVerified) return []
  return db
    .selectFrom('payments')
    .select(['id', 'description', 'message', 'amount', 'currency', 'refunded', 'status', 'created_at'])
    .select([refundsThat(sql`status in ('pending', 'requires_action')`).as('refunding')])
    .select([refundsThat(sql`status = 'failed'`).as('refundFailed')])
    .where(isPaidBy({ id: userId, email }))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
}

/** What a wallet has not answered yet counts as refunded, and what failed does not. */
const refundsThat = (condition: ReturnType<typeof sql>) =>
  sql<number>`(select coalesce(sum(amount), 0)::bigint from refunds where payment_id = payments.id and ${condition})`
