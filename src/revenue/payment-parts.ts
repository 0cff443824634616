import { type RawBuilder, sql } from 'kysely'
import { addressesBeginning } from '../email-address.ts'
import { isKept } from '../payments/offline-entries.ts'
import type { State } from './payment-filter.ts'
import type { ListedPayment, ListQuery, Place } from './payment-list.ts'

type Sql = RawBuilder<unknown>

/** How many payments a page looks at for what no index finds. */
export const LOOKS_AT = 100_000

/** At the same moment what came by hand is the newer. */
export const rankOf = (id: string) => (id.startsWith('offline-') ? 1 : 0)

/** One of the two tables that payments are in, and what is asked of it. */
export interface Part {
  table: 'payments' | 'offline_entries'
  at: Sql
  /** What an index finds in the order of the list. */
  lead: Sql
  /** What is looked for among these; undefined for all. */
  rest: Sql | undefined
  /** As ListedPayment, of the rows that were found. */
  columns: Sql
  joins: Sql
}

/** Payments by Stripe; undefined when none can be meant. */
export function byStripe({ filter, onlyPaid }: ListQuery): Part | undefined {
  const { kind, state, currency, text } = filter
  if (kind === 'offline') return undefined
  const id = text === undefined ? undefined : objectId(text)
  if (id?.startsWith('offline-')) return undefined
  const [lead, ...rest] = given(
    id !== undefined && isAbout(id),
    isAddressed(text),
    state && stateIs[state],
    kind && currency && sql`kind = ${kind} and currency = ${currency}`,
    kind && sql`kind = ${kind}`,
    currency && sql`currency = ${currency}`,
  )
  const isPaid = onlyPaid && state !== 'failed' && state !== 'processing' && sql`paid_at is not null`
  return {
    table: 'payments',
    at: sql`coalesce(paid_at, created_at)`,
    lead: lead ?? sql`true`,
    rest: all([...rest, ...given(isPaid, contained(text))]),
    columns: sql`id, at, paid_at, kind, price_key, description, message, name, email, method, amount, currency, refunded, status,
      case ${stateCases} end as state, case when amount > 0 then id end as payment_intent, charge_id, fee, net,
      settlement_currency`,
    joins: sql`left join (
      select id as movement_id, fee, net, currency as settlement_currency from balance_transactions
    ) as movement on movement_id = balance_transaction_id`,
  }
}

/** What was taken without Stripe. What was taken back counts as refunded, and so does its taking back. */
export function byHand({ filter }: ListQuery): Part | undefined {
  const { kind, state, currency, text } = filter
  if (kind !== undefined && kind !== 'offline') return undefined
  if (state !== undefined && state !== 'paid' && state !== 'refunded') return undefined
  const id = text === undefined ? undefined : objectId(text)
  if (id !== undefined && !id.startsWith('offline-')) return undefined
  const [lead, ...rest] = given(
    id !== undefined && sql`id = ${Number(id.slice('offline-'.length))}`,
    isAddressed(text),
    currency && sql`currency = ${currency}`,
  )
  const isSo = state && (state === 'paid' ? isKept : sql`not (${isKept})`)
  return {
    table: 'offline_entries',
    at: sql`received_at`,
    lead: lead ?? sql`true`,
    rest: all([...rest, ...given(isSo, contained(text))]),
    columns: sql`'offline-' || id as id, at, at as paid_at, 'offline' as kind, price_key, description, message, name, email,
      'offline' as method, amount, currency, 0::bigint as refunded, 'paid' as status,
      case when ${isKept} then 'paid' else 'refunded' end as state, null as payment_intent, null as charge_id,
      0::bigint as fee, amount as net, currency as settlement_currency`,
    joins: sql``,
  }
}

/** What a payment of ours is now. */
const stateIs: Record<State, Sql> = {
  processing: sql`status = 'processing'`,
  failed: sql`status = 'failed'`,
  disputed: sql`(disputed > 0 and status = 'paid')`,
  refunded: sql`(refunded > 0 and status = 'paid' and disputed = 0 and refunded >= amount)`,
  partlyRefunded: sql`(refunded > 0 and status = 'paid' and disputed = 0 and refunded < amount)`,
  paid: sql`(status = 'paid' and refunded = 0 and disputed = 0)`,
}

const stateCases = sql.join(
  Object.entries(stateIs).map(([name, condition]) => sql`when ${condition} then ${sql.lit(name)}`),
  sql` `,
)

/** An id of Stripe's or of an entry, if that is what the text is. */
function objectId(text: string): string | undefined {
  return /^((pi|cs|ch|py|re|pyr|du|dp|txn|sub)_\w{4,250}|offline-\d{1,15})$/.test(text) ? text : undefined
}

/** Whatever of a payment the id is: it is about that payment. */
function isAbout(id: string): Sql {
  const through = (table: string) =>
    sql`id in (select payment_id from ${sql.table(table)} as other where other.id = ${id})`
  const kind = id.split('_')[0]
  if (kind === 'pi') return sql`id = ${id}`
  if (kind === 'cs') return sql`(id = ${id} or session_id = ${id})`
  if (kind === 'ch' || kind === 'py') return sql`charge_id = ${id}`
  if (kind === 'sub') return sql`subscription_id = ${id}`
  if (kind === 're' || kind === 'pyr') return through('refunds')
  return through(kind === 'txn' ? 'balance_transactions' : 'disputes')
}

/** A text with a mailbox before its @ is an address, or the beginning of one. */
function isAddressed(text: string | undefined): Sql | undefined {
  if (text === undefined || !/^[^\s@]+@[^\s@]*$/.test(text)) return undefined
  return sql`email like ${addressesBeginning(text)}`
}

/** Anywhere in what people wrote. An index of words would not know where a Chinese word ends. */
function contained(text: string | undefined): Sql | undefined {
  if (text === undefined || objectId(text) || isAddressed(text)) return undefined
  return sql`strpos(lower(concat_ws(e'\n', email, name, message, description)), lower(${text})) > 0`
}

function given(...conditions: (Sql | '' | false | undefined)[]): Sql[] {
  return conditions.filter((condition) => condition !== undefined && condition !== false && condition !== '')
}

function all(conditions: Sql[]): Sql | undefined {
  return conditions.length > 0 ? sql.join(conditions, sql` and `) : undefined
}

/** The first rows of a part, joined with what is only read of them. */
export function rowsOf(part: Part, query: ListQuery, limit: number): RawBuilder<ListedPayment> {
  const { columns, joins, rest } = part
  const table = sql.table(part.table)
  const order = sql`${sql.ref(`${part.table}.at`)} ${direction(query.way)}, ${sql.ref(`${part.table}.id`)} ${direction(query.way)}`
  // Nothing but a limit keeps the planner from sorting all there are.
  return sql`
    select ${columns} from (
      select * from (${scan(part, query)}) as ${table} where ${rest ?? sql`true`} order by ${order} limit ${limit}
    ) as ${table} ${joins} order by ${order}`
}

/** Where the looking ends; nothing when it comes to the end of the table. */
export function scanEnd(part: Part, query: ListQuery): RawBuilder<Place> {
  const id = part.table === 'payments' ? sql`id` : sql`'offline-' || id as id`
  return sql`select at, ${id} from (${scan(part, query)}) as looked offset ${LOOKS_AT - 1} limit 1`
}

function scan({ table, at, lead }: Part, { filter, timeZone, beyond, way }: ListQuery): Sql {
  const startOf = (day: string, plus = 0) => sql`((${day}::date + ${plus}::int)::timestamp at time zone ${timeZone})`
  const conditions = [
    lead,
    ...(filter.from ? [sql`${at} >= ${startOf(filter.from)}`] : []),
    ...(filter.to ? [sql`${at} < ${startOf(filter.to, 1)}`] : []),
    ...(beyond ? [isBeyond(table, at, beyond, way)] : []),
  ]
  return sql`select *, ${at} as at from ${sql.table(table)} where ${all(conditions)!}
    order by ${at} ${direction(way)}, id ${direction(way)} limit ${LOOKS_AT}`
}

function isBeyond(table: Part['table'], at: Sql, place: Place, way: ListQuery['way']): Sql {
  const mine = table === 'payments' ? 0 : 1
  const theirs = rankOf(place.id)
  const sign = sql.raw(way === 'older' ? '<' : '>')
  if (mine === theirs) {
    const id = mine === 0 ? sql`${place.id}::text` : sql`${place.id.slice('offline-'.length)}::bigint`
    return sql`(${at}, id) ${sign} (${place.at}::timestamptz, ${id})`
  }
  const isSameMomentBeyond = way === 'older' ? mine < theirs : mine > theirs
  return sql`${at} ${sign}${sql.raw(isSameMomentBeyond ? '=' : '')} ${place.at}::timestamptz`
}

const direction = (way: ListQuery['way']) => sql.raw(way === 'older' ? 'desc' : 'asc')
