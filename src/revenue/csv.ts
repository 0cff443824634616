import { type Stringifier, stringify } from 'csv-stringify'
import { sql } from 'kysely'
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
 * All paid payments as CSV, oldest first: RFC 4180, UTF-8 with BOM, decimal amounts, times in UTC. Cells that a
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

type PaymentRow = Awaited<ReturnType<typeof pageAfter>>[number]

function pageAfter(db: Db, last: { paid_at: Date | null; id: string } | undefined) {
  return db
    .selectFrom('payments as p')
    .leftJoin('balance_transactions as b', 'b.id', 'p.balance_transaction_id')
    .select(['p.id', 'p.paid_at', 'p.kind', 'p.description', 'p.email', 'p.amount', 'p.currency', 'p.refunded'])
    .select(['p.status', 'p.charge_id', 'b.fee', 'b.net', 'b.currency as settlement_currency'])
    .where('p.paid_at', 'is not', null)
    .$if(last !== undefined, (query) => query.where(sql<boolean>`(p.paid_at, p.id) > (${last?.paid_at}, ${last?.id})`))
    .orderBy('p.paid_at')
    .orderBy('p.id')
    .limit(PAGE)
    .execute()
}

function cellsOf(row: PaymentRow): Record<(typeof columns)[number], string> {
  const settled = (amount: number | null) =>
    amount === null || row.settlement_currency === null ? '' : decimal({ amount, currency: row.settlement_currency })
  return {
    paid_at: row.paid_at?.toISOString() ?? '',
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
    stripe_payment_intent: row.id,
    stripe_charge: row.charge_id ?? '',
  }
}
