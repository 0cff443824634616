import type { Db, Trx } from '../db/connection.ts'
import { asLocale, type Locale } from '../ui/i18n.ts'

/** The language to write in: the one that the reader chose for their account, else `fallback`, as it is for guests. */
export async function languageOf(
  db: Db | Trx,
  reader: { userId: string } | { email: string },
  fallback: string,
): Promise<Locale> {
  const users = db.selectFrom('users').select('locale')
  const theirs = 'userId' in reader ? users.where('id', '=', reader.userId) : users.where('email', '=', reader.email)
  const user = await theirs.where('email_verified_at', 'is not', null).executeTakeFirst()
  return asLocale(user?.locale ?? fallback)
}
