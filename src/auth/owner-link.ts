import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { randomToken, sha256 } from './tokens.ts'

const MINUTES = 60

/**
 * A link that signs the owner in, once, within an hour. Whoever can run `npm run owner:link` on the machine is the owner,
 * so using it also proves OWNER_EMAIL.
 */
export async function createOwnerLink(
  db: Db,
  { ownerEmail, baseUrl }: Pick<Config, 'ownerEmail' | 'baseUrl'>,
): Promise<string> {
  const token = randomToken()
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('users')
      .values({ id: randomUUID(), email: ownerEmail, email_verified_at: null })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .execute()
    const { id } = await trx.selectFrom('users').select('id').where('email', '=', ownerEmail).executeTakeFirstOrThrow()
    const expires_at = new Date(Date.now() + MINUTES * 60_000)
    await trx
      .insertInto('email_tokens')
      .values({ hash: sha256(token), purpose: 'owner-link', user_id: id, expires_at, used_at: null })
      .execute()
  })
  return `${baseUrl}/sign-in/link?token=${token}`
}

/** Uses the link up and returns the user it signs in; undefined when it is used, expired or no link of ours. */
export async function useOwnerLink(db: Db, token: string): Promise<string | undefined> {
  return db.transaction().execute(async (trx) => {
    const now = new Date()
    const used = await trx
      .updateTable('email_tokens')
      .set({ used_at: now })
      .where('hash', '=', sha256(token))
      .where('purpose', '=', 'owner-link')
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('user_id')
      .executeTakeFirst()
    if (!used) return undefined
    await trx
      .updateTable('users')
      .set((row) => ({ email_verified_at: row.fn.coalesce('email_verified_at', row.val(now)) }))
      .where('id', '=', used.user_id)
      .execute()
    return used.user_id
  })
}
