import type Stripe from 'stripe'
import { readPaymentIntent } from './read-payment.ts'
import {
  balanceTransactionRow,
  balanceTransactionRows,
  dateOf,
  expanded,
  idOf,
  type Reading,
  type Row,
} from './reading.ts'

/** By which what moved the balance names its movements: there, and back again. */
const MOVEMENTS = ['balance_transaction', 'failure_balance_transaction']

/** Reads the payment that a charge (ch_…, py_…) is of. One without PaymentIntent was not made here. */
export async function readCharge(stripe: Stripe, id: string): Promise<Reading> {
  return readPaymentOf(stripe, await stripe.charges.retrieve(id, { expand: MOVEMENTS }))
}

/** Reads the payment that a refund (re_…, pyr_…) is of. One of a charge without PaymentIntent was not made here. */
export async function readRefund(stripe: Stripe, id: string): Promise<Reading> {
  return readPaymentOf(stripe, await stripe.refunds.retrieve(id, { expand: MOVEMENTS }))
}

async function readPaymentOf(stripe: Stripe, moved: Stripe.Charge | Stripe.Refund): Promise<Reading> {
  const intentId = idOf(moved.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId)
  return { id: moved.id, balanceTransactions: movementsOf(moved) }
}

/** Reads the payment that a dispute (du_…, dp_…) is about, inquiries too, which leave no mark on the charge. */
export async function readDispute(stripe: Stripe, id: string): Promise<Reading> {
  const dispute = await stripe.disputes.retrieve(id)
  const intentId = idOf(dispute.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId, { disputes: true })
  return { id, balanceTransactions: balanceTransactionRows(dispute.balance_transactions, null) }
}

/** Reads a payout (po_…) to the owner's bank, in one call. */
export async function readPayout(stripe: Stripe, id: string): Promise<Reading> {
  const payout = await stripe.payouts.retrieve(id, { expand: MOVEMENTS })
  return { id, payout: payoutRow(payout), balanceTransactions: movementsOf(payout) }
}

export function payoutRow(payout: Stripe.Payout): Row<'payouts'> {
  const { id, amount, currency, status, automatic, failure_code, arrival_date, created } = payout
  return {
    id,
    amount,
    currency,
    status,
    automatic,
    failure_code,
    arrives_at: dateOf(arrival_date),
    created_at: dateOf(created),
  }
}

/**
 * Reads a movement of the balance (txn_…) by way of what moved it, so that this is whole as well; one that nothing of ours
 * explains, as Stripe's own fees, by itself.
 */
export async function readBalanceTransaction(stripe: Stripe, id: string): Promise<Reading> {
  const transaction = await stripe.balanceTransactions.retrieve(id, { expand: ['source'] })
  const source = sourceOf(transaction)
  const reading = await readSource(stripe, transaction, source)
  if (!reading) return { id, balanceTransactions: balanceTransactionRows([transaction], null) }
  const rows = reading.balanceTransactions ?? []
  if (rows.some((row) => row.id === id)) return reading
  const row = balanceTransactionRow(transaction, idOf(source?.payment_intent))
  const { payment } = reading
  // The charge may not say it yet: then its fee is known all the same, and it must not count as pending as well.
  const isItsOwn = payment?.charge_id === row.source && !payment?.balance_transaction_id
  return {
    ...reading,
    ...(payment && isItsOwn && { payment: { ...payment, balance_transaction_id: id } }),
    balanceTransactions: [...rows, row],
  }
}

interface Source {
  object: string
  payment_intent?: string | { id: string }
}

/** What moved the balance, once expanded; Stripe's fees have none. */
export function sourceOf(transaction: Stripe.BalanceTransaction): Source | undefined {
  return expanded(transaction.source) as Source | undefined
}

async function readSource(
  stripe: Stripe,
  transaction: Stripe.BalanceTransaction,
  source: Source | undefined,
): Promise<Reading | undefined> {
  const intentId = idOf(source?.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId, { disputes: source?.object === 'dispute' })
  if (source?.object === 'payout') return readPayout(stripe, idOf(transaction.source)!)
  return undefined
}

function movementsOf(moved: Stripe.Charge | Stripe.Refund | Stripe.Payout) {
  return balanceTransactionRows([moved.balance_transaction, moved.failure_balance_transaction], null)
}
