import type Stripe from 'stripe'
import { readPaymentIntent } from './read-payment.ts'
import { balanceTransactionRow, dateOf, expanded, idOf, type Reading, type Row } from './reading.ts'

/** Reads the payment that a charge (ch_…, py_…) is of. One without PaymentIntent was not made here. */
export async function readCharge(stripe: Stripe, id: string): Promise<Reading> {
  const expand = ['balance_transaction', 'failure_balance_transaction']
  const charge = await stripe.charges.retrieve(id, { expand })
  const intentId = idOf(charge.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId)
  return { id, balanceTransactions: rowsOf([charge.balance_transaction, charge.failure_balance_transaction]) }
}

/** Reads the payment that a refund (re_…, pyr_…) is of. One of a charge without PaymentIntent was not made here. */
export async function readRefund(stripe: Stripe, id: string): Promise<Reading> {
  const expand = ['balance_transaction', 'failure_balance_transaction']
  const refund = await stripe.refunds.retrieve(id, { expand })
  const intentId = idOf(refund.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId)
  return { id, balanceTransactions: rowsOf([refund.balance_transaction, refund.failure_balance_transaction]) }
}

/** Reads the payment that a dispute (du_…, dp_…) is about, inquiries too, which leave no mark on the charge. */
export async function readDispute(stripe: Stripe, id: string): Promise<Reading> {
  const dispute = await stripe.disputes.retrieve(id)
  const intentId = idOf(dispute.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId, { disputes: true })
  return { id, balanceTransactions: rowsOf(dispute.balance_transactions) }
}

/** Reads a payout (po_…) to the owner's bank, in one call. */
export async function readPayout(stripe: Stripe, id: string): Promise<Reading> {
  const expand = ['balance_transaction', 'failure_balance_transaction']
  const payout = await stripe.payouts.retrieve(id, { expand })
  const transactions = [payout.balance_transaction, payout.failure_balance_transaction]
  return { id, payout: payoutRow(payout), balanceTransactions: rowsOf(transactions) }
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
  const source = expanded(transaction.source) as
    | { object: string; payment_intent?: string | { id: string } }
    | undefined
  const reading = await readSource(stripe, transaction, source)
  if (!reading) return { id, balanceTransactions: rowsOf([transaction]) }
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

async function readSource(
  stripe: Stripe,
  transaction: Stripe.BalanceTransaction,
  source: { object: string; payment_intent?: string | { id: string } } | undefined,
): Promise<Reading | undefined> {
  const intentId = idOf(source?.payment_intent)
  if (intentId) return readPaymentIntent(stripe, intentId, { disputes: source?.object === 'dispute' })
  if (source?.object === 'payout') return readPayout(stripe, idOf(transaction.source)!)
  return undefined
}

function rowsOf(transactions: (string | Stripe.BalanceTransaction | null | undefined)[]) {
  return transactions.flatMap((one) => {
    const transaction = expanded(one)
    return transaction ? balanceTransactionRow(transaction, null) : []
  })
}
