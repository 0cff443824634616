import { type Stringifier, stringify } from 'csv-stringify'
import type { Db } from '../db/connection.ts'
import { decimal } from '../money.ts'
import type { PaymentFilter } from './payment-filter.ts'
import { type ListedPayment, listPayments, type Place } from './payment-list.ts'

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
 * All paid payments of a filter, by Stripe and by hand, as CSV, oldest first: RFC 4180, UTF-8 with BOM, decimal amounts, times
 * in UTC. What was not paid is in it only when the filter asks for that state. Cells that a spreadsheet would run as a formula
 * are made harmless. Fee and net are empty while Stripe has not told them.
 * Streamed a thousand rows at a time, so that its size does not matter.
 */
export function paymentsCsv(db: Db, filter: PaymentFilter, timeZone: string): Stringifier {
  const csv = stringify({
    header: true,
    columns: [...columns],
    bom: true,
    record_delimiter: 'windows',
    escape_formulas: true,
    // A number below zero is no formula, and has to add up.
    cast: { string: (value) => (/^-\d+(\.\d+)?$/.test(value) ? { value, escape_formulas: false } : value) },
  })
  writeRows(db, csv, { filter, timeZone }).then(
    () => csv.end(),
    (error) => csv.destroy(error),
  )
  return csv
}

async function writeRows(db: Db, csv: Stringifier, asked: { filter: PaymentFilter; timeZone: string }): Promise<void> {
  let beyond: Place | undefined
  do {
    const page = await listPayments(db, { ...asked, beyond, way: 'newer', limit: PAGE, onlyPaid: true })
    for (const payment of page.payments) {
      if (!csv.write(cellsOf(payment))) await new Promise((resolve) => csv.once('drain', resolve))
    }
    beyond = page.next
  } while (beyond && !csv.destroyed)
}

function cellsOf(row: ListedPayment): Record<(typeof columns)[number], string> {
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
    stripe_payment_intent: row.payment_intent ?? '',
    stripe_charge: row.charge_id ?? '',
  }
}
