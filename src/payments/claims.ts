import type { Db } from '../db/connection.ts'

/**
 * Gives a user what was bought with their address before it was proved. Typing an address claims nothing: call this only
 * for one that its owner has just proved. What somebody has claimed stays theirs when the address changes hands.
 */
export async function claimPurchases(db: Db, { id, email }: { id: string; email: string }): Promise<void> {
  await db
    .updateTable('payments')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('user_id', 'is', null)
    .execute()
  await db
    .updateTable('subscriptions')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('user_id', 'is', null)
    .execute()
  await db
    .updateTable('offline_entries')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('user_id', 'is', null)
    .execute()
}
