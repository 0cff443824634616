import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'

export function findUser(db: Db | Trx, email: string) {
  return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()
}

/** The account of a proved address; made when there is none. Every account's address is proved: by mail, or by a provider that did so. */
export async function accountOfProvedEmail(trx: Trx, email: string): Promise<{ id: string; isNew: boolean }> {
  const now = new Date()
  const { id, is_new } = await trx
    .insertInto('users')
    .values({ id: randomUUID(), email, email_verified_at: now })
    .onConflict((conflict) =>
      conflict.column('email').doUpdateSet((row) => ({
        email_verified_at: row.fn.coalesce('users.email_verified_at', row.val(now)),
      })),
    )
    // Postgres' own mark of a row that was not there before.
    .returning(['id', sql<boolean>`xmax = 0`.as('is_new')])
    .executeTakeFirstOrThrow()
  return { id, isNew: is_new }
}

/** Sets the password and ends every session: whoever was inside with the old one is out. Start the new session after the commit. */
export async function setPassword(trx: Trx, userId: string, passwordHash: string): Promise<void> {
  await trx.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', userId).execute()
  await endSessions(trx, userId)
}

/**
 * Ends every session of a user but that with the hash `except`, and those that are just beginning. What was asked for by
 * mail before is void, too: it would let somebody in again.
 */
export async function endSessions(trx: Trx, userId: string, except = ''): Promise<void> {
  // First, since it makes whoever is signing in at this moment wait.
  const { email } = await trx
    .updateTable('users')
    .set((row) => ({ auth_epoch: row('auth_epoch', '+', 1) }))
    .where('id', '=', userId)
    .returning('email')
    .executeTakeFirstOrThrow()
  await trx
    .deleteFrom('email_proofs')
    .where(({ or, eb }) => or([eb('user_id', '=', userId), eb('email', '=', email)]))
    .where('purpose', '!=', 'owner')
    .where('used_at', 'is', null)
    .execute()
  await trx.deleteFrom('sessions').where('user_id', '=', userId).where('id', '!=', except).execute()
}
