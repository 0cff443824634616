import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { issueOwnerProof } from './proofs.ts'

const MINUTES = 60

/**
 * A link that signs the owner in, once, within an hour. Whoever can run `npm run owner:link` on the machine is the owner,
 * so using it also proves OWNER_EMAIL.
 */
export async function createOwnerLink(
  db: Db,
  { ownerEmail, baseUrl, locale }: Pick<Config, 'ownerEmail' | 'baseUrl' | 'locale'>,
): Promise<string> {
  const token = await db.transaction().execute((trx) => issueOwnerProof(trx, ownerEmail, locale, MINUTES))
  return `${baseUrl}/sign-in/link?token=${token}`
}
