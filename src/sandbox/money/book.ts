import type Stripe from 'stripe'
import { newId } from '../ids.ts'
import { readBalance } from '../resources/balance.ts'
import type { Tx } from '../tx.ts'

const DAY = 24 * 60 * 60 * 1000

export interface Entry {
  type: Stripe.BalanceTransaction.Type
  reporting_category: string
  /** In the currency of settlement, like the fee. */
  amount: number
  currency: string
  description: string | null
  source: string | null
  fee?: number
  feeDescription?: string
  exchange_rate?: number | null
  /** In milliseconds. Without it the money comes or goes at once. */
  availableOn?: number
  /** The payout that it is part of. */
  payout?: string
}

/** The balance is the sum of these, so nothing else moves money. */
export async function book(tx: Tx, entry: Entry): Promise<Stripe.BalanceTransaction> {
  const { amount, currency, fee = 0, feeDescription = 'Stripe processing fees', availableOn = tx.now } = entry
  const pending = availableOn > tx.now
  const transaction: Stripe.BalanceTransaction = {
    id: newId(/^(ch|py|re|pyr)_/.test(entry.source ?? '') ? 'txn_3' : 'txn_1'),
    object: 'balance_transaction',
    amount,
    available_on: Math.floor(availableOn / 1000),
    balance_type: 'payments',
    created: tx.seconds,
    currency,
    description: entry.description,
    exchange_rate: entry.exchange_rate ?? null,
    fee,
    fee_details: fee
      ? [{ amount: fee, application: null, currency, description: feeDescription, type: 'stripe_fee' }]
      : [],
    net: amount - fee,
    reporting_category: entry.reporting_category,
    source: entry.source,
    status: pending ? 'pending' : 'available',
    type: entry.type,
  }
  await tx.insert(transaction, entry.payout ? { payout: entry.payout } : {})
  // One timer for all that becomes available at the same moment.
  if (pending) await tx.setTimer('available', String(availableOn), availableOn)
  return transaction
}

/** Money becomes available as a day begins (UTC), `days` full days from now. */
export const dayAfter = (tx: Tx, days: number) => Math.ceil(tx.now / DAY + days) * DAY

/** All that is pending and due by now. */
export async function makeAvailable(tx: Tx): Promise<void> {
  const { rows } = await tx.db.query<{ data: Stripe.BalanceTransaction }>(
    `select data from sandbox.objects where object = 'balance_transaction' and data->>'status' = 'pending'
       and (data->>'available_on')::bigint <= $1 order by seq for update`,
    [tx.seconds],
  )
  for (const { data } of rows) await tx.save({ ...data, status: 'available' })
  if (!rows.length) return
  tx.emit('balance.available', await readBalance(tx), undefined, { byItself: true })
  if (tx.config.payouts === 'manual') return
  for (const currency of new Set(rows.map(({ data }) => data.currency))) await tx.setTimer('payout', currency, tx.now)
}
