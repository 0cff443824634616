import type { SignedIn } from '../auth/lucia.ts'
import type { Db } from '../db/connection.ts'
import { isKept } from '../payments/offline-entries.ts'
import { isPaidBy } from '../payments/paid-by.ts'

export type Receipt = NonNullable<Awaited<ReturnType<typeof readReceipt>>>

/** What was paid and is this person's, by Stripe or by hand; undefined for everything else. */
export async function readReceipt(db: Db, { userId, email, emailVerified }: SignedIn, id: string) {
  if (!emailVerified) return undefined
  const payer = { id: userId, email }
  const [, entryId] = /^offline-(\d{1,15})$/.exec(id) ?? []
  const receipt = entryId ? await offlineReceipt(db, payer, Number(entryId)) : await paymentReceipt(db, payer, id)
  return receipt && { ...receipt, id, email: receipt.email ?? email }
}

type Payer = Parameters<typeof isPaidBy>[0]

async function paymentReceipt(db: Db, payer: Payer, id: string) {
  const payment = await db
    .selectFrom('payments')
    .select(['kind', 'description', 'price_key', 'quantity', 'amount', 'currency', 'refunded', 'method'])
    .select(['name', 'email', 'paid_at'])
    .where('id', '=', id)
    .where('status', '=', 'paid')
    .where(isPaidBy(payer))
    .executeTakeFirst()
  return payment && { ...payment, paid_at: payment.paid_at! }
}

async function offlineReceipt(db: Db, payer: Payer, id: number) {
  const entry = await db
    .selectFrom('offline_entries')
    .select(['description', 'price_key', 'quantity', 'amount', 'currency', 'name', 'email', 'received_at as paid_at'])
    .where('id', '=', id)
    .where(isKept)
    .where(isPaidBy(payer))
    .executeTakeFirst()
  return entry && { ...entry, kind: 'offline', refunded: 0, method: 'offline' }
}
