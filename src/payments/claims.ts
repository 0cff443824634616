import { sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'

/**
 * Gives a user what was bought with their address before it was proved. Typing an address claims nothing: call this only
 * for one that its owner has just proved, after that is committed. What somebody has claimed stays theirs when the address
 * changes hands; what somebody bought while they were signed in is nobody else's, whatever address stands on it.
 */
export function claimPurchases(db: Db, user: { id: string; email: string }): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await lockPayer(trx, user.email)
    await claim(trx, user)
  })
}

/**
 * Until the transaction ends, nobody else says whose the purchases of an address are. Whoever enters one that it paid takes
 * the lock `shared`, before looking whose the address is: a claim would miss what is not committed yet.
 */
export async function lockPayer(trx: Trx, email: string, how: 'alone' | 'shared' = 'alone'): Promise<void> {
  const lock = sql.raw(how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared')
  await sql`select ${lock}(hashtextextended(${email}, 1))`.execute(trx)
}

async function claim(db: Trx, { id, email }: { id: string; email: string }): Promise<void> {
  await db
    .updateTable('payments')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('buyer_id', 'is', null)
    .where('user_id', 'is', null)
    .execute()
  await db
    .updateTable('subscriptions')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('buyer_id', 'is', null)
    .where('user_id', 'is', null)
    .execute()
  await db
    .updateTable('offline_entries')
    .set({ user_id: id })
    .where('email', '=', email)
    .where('user_id', 'is', null)
    .execute()
}
