import { type Stringifier, stringify } from 'csv-stringify'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { decimal } from '../money.ts'

const PAGE = 1_000

const columns = [
  'paid_at',
  'kind',
  'description',
  'email',
  'amount',
  'currency',
  'refunded',
  'fee',
  'net',
  'settlement_currency',
  'status',
  'payment_id',
  'stripe_payment_intent',
  'stripe_charge',
] as const

/**
 * All paid payments, by Stripe and by hand, as CSV, oldest first: RFC 4180, UTF-8 with BOM, decimal amounts, times in UTC. Cells that a
 * spreadsheet would run as a formula are made harmless. Fee and net are empty while Stripe has not told them.
 * Streamed a thousand rows at a time, so that its size does not matter.
 */
export function paymentsCsv(db: Db): Stringifier {
  const csv = stringify({
    header: true,
    columns: [...columns],
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
    // A number below zero is no formula, and has to add up.
    cast: { string: (value) => (/^-\d+(\.\d+)?$/.test(value) ? { value, escape_formulas: false } : value) },
  })
  writeRows(db, csv).then(
    () => csv.end(),
    (error) => csv.destroy(error),
  )
  return csv
}

async function writeRows(db: Db, csv: Stringifier): Promise<void> {
  let last: PaymentRow | undefined
  do {
    const rows = await pageAfter(db, last)
    for (const row of rows) {
      if (!csv.write(cellsOf(row))) await new Promise((resolve) => csv.once('drain', resolve))
    }
    last = rows.length === PAGE ? rows.at(-1) : undefined
  } while (last && !csv.destroyed)
}

interface PaymentRow {
  id: string
  paid_at: Date
  kind: string
  description: string
  email: string | null
  amount: number
  currency: string
  refunded: number
  status: string
  payment_intent: string | null
  charge_id: string | null
  fee: number | null
  net: number | null
  settlement_currency: string | null
}

/** Both tables at once, a page of each: the indexes on their times keep it cheap. */
async function pageAfter(db: Db, last: PaymentRow | undefined): Promise<PaymentRow[]> {
  const isNext = (at: string, id: RawBuilder<unknown>) =>
    last ? sql<boolean>`(${sql.ref(at)}, ${id}) > (${last.paid_at}, ${last.id})` : sql<boolean>`true`
  const byStripe = db
    .selectFrom('payments as p')
    .leftJoin('balance_transactions as b', 'b.id', 'p.balance_transaction_id')
    .select(['p.id', 'p.paid_at', sql<string>`p.kind`.as('kind'), 'p.description', 'p.email', 'p.amount', 'p.currency'])
    .select([
      'p.refunded',
      sql<string>`p.status`.as('status'),
      sql<string | null>`case when p.amount > 0 then p.id end`.as('payment_intent'),
      'p.charge_id',
    ])
    .select(['b.fee', 'b.net', 'b.currency as settlement_currency'])
    .where('p.paid_at', 'is not', null)
    .where(isNext('p.paid_at', sql`p.id`))
    .orderBy('p.paid_at')
    .orderBy('p.id')
    .limit(PAGE)
  const offlineId = sql<string>`'offline-' || o.id`
  const byHand = db
    .selectFrom('offline_entries as o')
    .select([offlineId.as('id'), 'o.received_at as paid_at', sql<string>`'offline'`.as('kind')])
    .select(['o.description', 'o.email', 'o.amount', 'o.currency', sql<number>`0::bigint`.as('refunded')])
    .select([sql<string>`'paid'`.as('status'), sql<null>`null`.as('payment_intent'), sql<null>`null`.as('charge_id')])
    .select([sql<number>`0::bigint`.as('fee'), 'o.amount as net', 'o.currency as settlement_currency'])
    .where(isNext('o.received_at', offlineId))
    .orderBy('o.received_at')
    .orderBy(offlineId)
    .limit(PAGE)
  // Kysely puts each into parentheses, so each keeps its own order and limit.
  const { rows } = await sql<PaymentRow>`${byStripe} union all ${byHand} order by paid_at, id limit ${PAGE}`.execute(db)
  return rows
}

function cellsOf(row: PaymentRow): Record<(typeof columns)[number], string> {
  const settled = (amount: number | null) =>
    amount === null || row.settlement_currency === null ? '' : decimal({ amount, currency: row.settlement_currency })
  return {
    paid_at: row.paid_at.toISOString(),
    kind: row.kind,
    description: row.description,
    email: row.email ?? '',
    amount: decimal({ amount: row.amount, currency: row.currency }),
    currency: row.currency.toUpperCase(),
    refunded: decimal({ amount: row.refunded, currency: row.currency }),
    fee: settled(row.fee),
    net: settled(row.net),
    settlement_currency: row.settlement_currency?.toUpperCase() ?? '',
    status: row.status,
    payment_id: row.id,
    stripe_payment_intent: row.payment_intent ?? '',
    stripe_charge: row.charge_id ?? '',
  }
}
