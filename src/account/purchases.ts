import { sql } from 'kysely'
import type { SignedIn } from '../auth/lucia.ts'
import type { Db } from '../db/connection.ts'
import { isKept, offlinePaymentId } from '../payments/offline-entries.ts'
import { isPaidBy } from '../payments/paid-by.ts'

const MOST = 50

export type Purchase = Awaited<ReturnType<typeof purchasesOf>>[number]

/**
 * What this person claimed, and what was paid with their address, with or without an account; the newest fifty.
 * Nothing before the address is proved.
 */
export async function purchasesOf(db: Db, { userId, email, emailVerified }: SignedIn) {
  if (!emailVerified) return []
  const payer = { id: userId, email }
  const both = [...(await paymentsOf(db, payer)), ...(await offlinePaymentsOf(db, payer))]
  return both.toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime()).slice(0, MOST)
}

function paymentsOf(db: Db, payer: { id: string; email: string }) {
  return db
    .selectFrom('payments')
    .select(['id', 'description', 'message', 'method', 'amount', 'currency', 'refunded', 'status', 'created_at'])
    .select(['kind', 'price_key'])
    .select([refundsThat(sql`status in ('pending', 'requires_action')`).as('refunding')])
    .select([refundsThat(sql`status = 'failed'`).as('refundFailed')])
    .where(isPaidBy(payer))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
}

/** What a wallet has not answered yet counts as refunded, and what failed does not. */
const refundsThat = (condition: ReturnType<typeof sql>) =>
  sql<number>`(select coalesce(sum(amount), 0)::bigint from refunds where payment_id = payments.id and ${condition})`

/** What was taken by hand, and not taken back. */
async function offlinePaymentsOf(db: Db, payer: { id: string; email: string }) {
  const entries = await db
    .selectFrom('offline_entries')
    .select(['id', 'description', 'amount', 'currency', 'received_at as created_at'])
    .where(isPaidBy(payer))
    .where(isKept)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
  const facts = {
    kind: 'offline' as const,
    price_key: null,
    message: null,
    method: 'offline',
    refunded: 0,
    refunding: 0,
    refundFailed: 0,
    status: 'paid' as const,
  }
  return entries.map((entry) => ({ ...entry, ...facts, id: offlinePaymentId(entry.id) }))
}
