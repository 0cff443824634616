import type Stripe from 'stripe'
import {
  balanceTransactionRows,
  type ChargeFacts,
  chargeFacts,
  dateOf,
  expanded,
  maybeDate,
  type Reading,
  type Row,
} from './reading.ts'

/** What is known to be there, though the charge may not say so. */
export interface Asked {
  disputes?: boolean
}

/**
 * A PaymentIntent with its expanded charge as rows, with all that became of it; `rowOf` tells what was paid for.
 * Refunds and disputes are asked for only when there are any.
 */
export async function readingOfPayment(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
  rowOf: (facts: ChargeFacts) => Row<'payments'> | undefined,
  asked: Asked = {},
): Promise<Reading> {
  const charge = expanded(intent.latest_charge)
  const refunds = charge?.refunds?.data.length ? await refundsOf(stripe, intent.id) : []
  const disputes = charge?.disputed || asked.disputes ? await disputesOf(stripe, intent.id) : []
  const transactions = [
    charge?.balance_transaction,
    charge?.failure_balance_transaction,
    ...refunds.flatMap((refund) => [refund.balance_transaction, refund.failure_balance_transaction]),
    ...disputes.flatMap((dispute) => dispute.balance_transactions),
  ]
  const payment = rowOf(chargeFacts(charge))
  return {
    id: intent.id,
    ...(asked.disputes && { saysMore: true }),
    payment: payment && { ...payment, disputed: disputedAmount(payment, disputes) },
    balanceTransactions: balanceTransactionRows(transactions, intent.id),
    refunds: refunds.map((refund) => refundRow(refund, intent.id)),
    disputes: disputes.map((dispute) => disputeRow(dispute, intent.id)),
  }
}

function refundsOf(stripe: Stripe, payment_intent: string): Promise<Stripe.Refund[]> {
  const expand = ['data.balance_transaction', 'data.failure_balance_transaction']
  return all(stripe.refunds.list({ payment_intent, limit: 100, expand }))
}

function disputesOf(stripe: Stripe, payment_intent: string): Promise<Stripe.Dispute[]> {
  return all(stripe.disputes.list({ payment_intent, limit: 100 }))
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}

/** What the bank has, in the payment's currency: inquiries move nothing, and what is won has come back. */
function disputedAmount(payment: Row<'payments'>, disputes: Stripe.Dispute[]): number {
  const taken = disputes.filter(({ status }) => !status.startsWith('warning_') && !KEPT.has(status))
  const amounts = taken.map(({ amount, currency }) => (currency === payment.currency ? amount : payment.amount))
  return Math.min(
    payment.amount,
    amounts.reduce((sum, amount) => sum + amount, 0),
  )
}

const KEPT = new Set(['won', 'prevented'])

export function refundRow(refund: Stripe.Refund, paymentId: string): Row<'refunds'> {
  const { id, amount, currency, status, reason, failure_reason, metadata, created } = refund
  return {
    id,
    payment_id: paymentId,
    amount,
    currency,
    status: status ?? 'pending',
    reason: reason ?? null,
    failure_reason: failure_reason ?? null,
    asked_by: metadata?.asked_by ?? null,
    created_at: dateOf(created),
  }
}

export function disputeRow(dispute: Stripe.Dispute, paymentId: string): Row<'disputes'> {
  const { id, amount, currency, status, reason, evidence_details, created } = dispute
  return {
    id,
    payment_id: paymentId,
    amount,
    currency,
    status,
    reason,
    due_by: maybeDate(evidence_details.due_by),
    submissions: evidence_details.submission_count,
    created_at: dateOf(created),
  }
}
