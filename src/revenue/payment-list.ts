import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { eachCurrency } from './books.ts'
import type { PaymentFilter, State } from './payment-filter.ts'
import { byHand, byStripe, type Part, rankOf, rowsOf, scanEnd } from './payment-parts.ts'

export interface ListedPayment {
  id: string
  /** When it was paid, else when it was begun. */
  at: Date
  paid_at: Date | null
  kind: string
  price_key: string | null
  description: string
  message: string | null
  name: string | null
  email: string | null
  method: string | null
  amount: number
  currency: string
  refunded: number
  status: string
  state: State
  payment_intent: string | null
  charge_id: string | null
  fee: number | null
  net: number | null
  settlement_currency: string | null
}

/** A place in the list: that of a payment, whether or not the filter shows it. */
export interface Place {
  at: Date
  id: string
}

/** A place as it stands in an address. */
export const PlaceText = z
  .string()
  .regex(/^(19|20|21)\d\d-[\d:.T-]{1,25}Z,((pi|cs)_\w{1,250}|offline-\d{1,15})$/)
  .transform((text) => ({ at: new Date(text.split(',')[0]!), id: text.split(',')[1]! }))
  .refine(({ at }) => !Number.isNaN(at.getTime()))
export const placeText = ({ at, id }: Place) => `${at.toISOString()},${id}`

export interface ListQuery {
  filter: PaymentFilter
  timeZone: string
  /** Nothing before: from the newest on, or from the oldest. */
  beyond?: Place | undefined
  way: 'older' | 'newer'
  limit: number
  /** Only what was paid, unless the filter asks for what was not. */
  onlyPaid?: boolean
}

/**
 * At most `limit` payments, by Stripe and by hand, in the order of `way`, and where to go on. However rare what is looked for
 * is, a page looks at no more than a fixed number of payments: it may be short, or empty, and still have a `next`.
 */
export async function listPayments(
  db: Db,
  query: ListQuery,
): Promise<{ payments: ListedPayment[]; next: Place | undefined; isCut: boolean }> {
  const parts = [byStripe(query), byHand(query)].filter((part) => part !== undefined)
  const found = await Promise.all(parts.map((part) => readPart(db, part, query)))
  const order = orderOf(query.way)
  const end = found.flatMap((part) => part.end ?? []).toSorted(order)[0]
  const rows = found
    .flatMap((part) => part.rows)
    .filter((row) => !end || order(row, end) <= 0)
    .toSorted(order)
  const payments = rows.slice(0, query.limit)
  const isCut = rows.length <= query.limit && end !== undefined
  return { payments, next: rows.length > query.limit ? payments.at(-1) : end, isCut }
}

/** The rows of one table, and the place up to which they are all; undefined when there are no more. */
async function readPart(db: Db, part: Part, query: ListQuery) {
  const { rows } = await rowsOf(part, query, query.limit + 1).execute(db)
  if (rows.length > query.limit) return { rows, end: rows.at(-1) }
  if (!part.rest) return { rows, end: undefined }
  return { rows, end: (await scanEnd(part, query).execute(db)).rows[0] }
}

/** Of two in one table and the same moment the database knows the order. */
function orderOf(way: ListQuery['way']) {
  const sign = way === 'newer' ? 1 : -1
  return (a: Place, b: Place) => sign * (a.at.getTime() - b.at.getTime() || rankOf(a.id) - rankOf(b.id))
}

/** The currencies that anybody paid in. */
export async function paidCurrencies(db: Db): Promise<string[]> {
  const { rows } = await eachCurrency(
    (last) => sql`least(
      (select min(currency) from payments where currency > ${last}),
      (select min(currency) from offline_entries where currency > ${last})
    )`,
  ).execute(db)
  return rows.map(({ currency }) => currency)
}
