import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { addressesBeginning } from '../email-address.ts'
import { personOf } from '../payments/payers.ts'
import { plain } from '../plain-text.ts'
import { newestEntry, newestPayment } from './list.ts'

const TEXT_LENGTH = 200
/** Among how many of the latest payments a name is looked for. */
const NAMES_LOOKED_AT = 100_000

/** What somebody looks for; '' is everybody. Too much to be a name or an address fails. */
export const SearchText = z
  .string()
  .default('')
  .transform((text) => plain(text).trim())
  .refine((text) => [...text].length <= TEXT_LENGTH)

/**
 * At most `limit` people whose address begins with a text, or whose name contains it, by what they are looked up by.
 * All addresses are looked at, and the names in the latest payments: an index of words would not know where a Chinese one ends.
 */
export async function findPeople(db: Db, text: string, { limit, except }: { limit: number; except: string }) {
  const begins = addressesBeginning(text)
  const isOther = sql`user_id is distinct from (select id from users where email = ${except})`
  const { rows } = await sql<{ person: string }>`
    (select id as person from users where email like ${begins} and email <> ${except} limit ${limit})
    union
    (select person from (
      select email as person, id from payments where email like ${begins} and user_id is null and paid_at is not null
    ) as found where id = ${newestPayment(sql`found.person`, sql`id`)} limit ${limit})
    union
    (select person from (
      select email as person, id from offline_entries where email like ${begins} and user_id is null and reverses is null
    ) as found where id = ${newestEntry(sql`found.person`, sql`id`)} limit ${limit})
    union
    (select distinct person from (
      select ${personOf.payments} as person, name from payments
      where paid_at is not null and ${isOther} order by coalesce(paid_at, created_at) desc, id desc limit ${NAMES_LOOKED_AT}
    ) as latest where strpos(lower(name), lower(${text})) > 0 limit ${limit})
    union
    (select distinct person from (
      select ${personOf.offline_entries} as person, name from offline_entries
      where ${isOther} order by received_at desc, id desc limit ${NAMES_LOOKED_AT}
    ) as latest where strpos(lower(name), lower(${text})) > 0 limit ${limit})
    limit ${limit}`.execute(db)
  return rows.map(({ person }) => person)
}
