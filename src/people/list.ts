import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { personOf } from '../payments/payers.ts'

/** How many payments of guests a page looks at: somebody may have paid very often since a stranger's first time. */
export const PAYMENTS_LOOKED_AT = 20_000

/** A place in the list, its time to the microsecond: `2026-11-28T16:00:00.000000Z,pi_…`. */
export const PlaceText = z
  .string()
  .regex(/^(19|20|21)\d\d-(0\d|1[0-2])-([012]\d|3[01])T[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z,[\w-]{1,255}$/)
  .refine((text) => isTime(text.slice(0, 19)))

/** JavaScript reads the 31st of February as a day in March, and Postgres does not. */
function isTime(text: string): boolean {
  const at = new Date(`${text}Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

type Sql = RawBuilder<unknown>

/**
 * The next `limit` people, by what they are looked up by (see personOf), and where to go on. Accounts stand where they were
 * last seen, guests where they last paid. A page may be short, and still have a `next`.
 */
export async function listPeople(db: Db, { beyond, limit, except }: ListQuery) {
  const [accounts, ...guests] = parts(except)
  const read = [
    await readPart(db, accounts!, beyond, limit),
    ...(await Promise.all(guests.map((part) => readPart(db, part, beyond, limit)))),
  ]
  const end = read.flatMap((part) => part.end ?? []).toSorted(later)[0]
  const rows = read
    .flatMap((part) => part.rows)
    .filter((row) => !end || later(row, end) <= 0)
    .toSorted(later)
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? shown.at(-1) : end
  return { people: shown.map(({ person }) => person), next: next && `${next.at},${next.id}` }
}

interface ListQuery {
  beyond: string | undefined
  limit: number
  /** The owner's address: they are no customer of theirs. */
  except: string
}

interface Row {
  person: string
  at: string
  id: string
  rank: number
}

/** The newest first. Within one part the database knows the order of those at the same moment. */
function later(a: Row, b: Row): number {
  return a.at < b.at ? 1 : a.at > b.at ? -1 : b.rank - a.rank
}

/** One of the tables where people are found, in the order of time. */
interface Part {
  table: 'users' | 'payments' | 'offline_entries'
  /** At the same moment the higher is the newer. */
  rank: number
  person: Sql
  at: Sql
  where: Sql
  /** Of what was found: whether it is the newest of its person. */
  isNewest?: Sql
}

/** For queries of payments and offline entries: the newest of a person is what the person is listed by. */
export const newestPayment = (person: Sql, what: Sql) =>
  sql`(select ${what} from payments where ${personOf.payments} = ${person} and paid_at is not null
    order by coalesce(paid_at, created_at) desc, id desc limit 1)`
export const newestEntry = (person: Sql, what: Sql) =>
  sql`(select ${what} from offline_entries where ${personOf.offline_entries} = ${person} and reverses is null
    order by received_at desc, id desc limit 1)`

const found = sql`found.person`

function parts(except: string): Part[] {
  return [
    {
      table: 'users',
      rank: 0,
      person: sql`id`,
      at: sql`coalesce(last_seen_at, created_at)`,
      where: sql`email <> ${except}`,
    },
    {
      table: 'payments',
      rank: 1,
      person: personOf.payments,
      at: sql`coalesce(paid_at, created_at)`,
      where: sql`user_id is null and paid_at is not null`,
      isNewest: sql`found.id = ${newestPayment(found, sql`id`)}
        and (${newestEntry(found, sql`received_at`)} >= found.at) is not true`,
    },
    {
      table: 'offline_entries',
      rank: 2,
      person: personOf.offline_entries,
      at: sql`received_at`,
      where: sql`user_id is null and reverses is null`,
      isNewest: sql`found.id = ${newestEntry(found, sql`id`)}
        and (${newestPayment(found, sql`paid_at`)} > found.at) is not true`,
    },
  ]
}

async function readPart(db: Db, part: Part, beyond: string | undefined, limit: number) {
  const read = async (rest: Sql) =>
    (
      await sql<Row>`
    select person, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, ${idText(part)} as id,
      ${part.rank}::int as rank
    from (${scan(part, beyond, part.isNewest ? PAYMENTS_LOOKED_AT : limit + 1)}) as found ${rest}`.execute(db)
    ).rows
  const order = sql`order by found.at desc, found.id desc`
  const rows = await read(sql`where ${part.isNewest ?? sql`true`} ${order} limit ${limit + 1}`)
  if (rows.length > limit) return { rows, end: rows.at(-1) }
  const end = part.isNewest && (await read(sql`${order} offset ${PAYMENTS_LOOKED_AT - 1} limit 1`))[0]
  return { rows, end }
}

const idText = ({ table }: Part) => (table === 'offline_entries' ? sql`'offline-' || found.id` : sql`found.id`)

function scan({ table, person, at, where, rank }: Part, beyond: string | undefined, limit: number): Sql {
  const rest = beyond === undefined ? sql`true` : isBeyond({ at, rank }, beyond)
  return sql`select ${person} as person, ${at} as at, id from ${sql.table(table)} where ${where} and ${rest}
    order by ${at} desc, id desc limit ${limit}`
}

function isBeyond({ at, rank }: Pick<Part, 'at' | 'rank'>, beyond: string): Sql {
  const [time, id] = beyond.split(',') as [string, string]
  const theirs = /^(pi|cs)_/.test(id) ? 1 : /^offline-\d{1,15}$/.test(id) ? 2 : 0
  if (rank !== theirs) return sql`${at} ${sql.raw(rank < theirs ? '<=' : '<')} ${time}::timestamptz`
  const own = rank === 2 ? sql`${id.slice('offline-'.length)}::bigint` : sql`${id}::text`
  return sql`(${at}, id) < (${time}::timestamptz, ${own})`
}
