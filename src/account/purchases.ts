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
    .where(isPaidBy({ id: userId, email }))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .execute()
}
