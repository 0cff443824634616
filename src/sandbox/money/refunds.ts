import type Stripe from 'stripe'
import { newId } from '../ids.ts'
import { changed } from '../resources/customers.ts'
import type { RefundHidden } from '../resources/refunds.ts'
import type { Tx } from '../tx.ts'
import { book } from './book.ts'

/** What becomes of a refund. */

export const FAILURES = [
  'charge_for_pending_refund_disputed',
  'declined',
  'expired_or_canceled_card',
  'insufficient_funds',
  'lost_or_stolen_card',
  'merchant_request',
  'unknown',
] as const
export type FailureReason = (typeof FAILURES)[number]

/** The bank or wallet answers: the timer. */
export async function settleRefund(tx: Tx, id: string): Promise<void> {
  const { hidden } = (await tx.row<Stripe.Refund, RefundHidden>('refund', id))!
  await (hidden.fails ? failRefund(tx, id) : succeedRefund(tx, id))
}

/** All that wallets have not answered yet, due or not. */
export async function settlePendingRefunds(tx: Tx): Promise<void> {
  const { rows } = await tx.db.query<{ id: string }>(
    `select id from sandbox.objects where object = 'refund' and data->>'status' = 'pending' order by seq`,
  )
  for (const { id } of rows) await settleRefund(tx, id)
}

/** A pending one is through; of a card's, the reference gets known that the customer's bank finds it by. */
export async function succeedRefund(tx: Tx, id: string): Promise<Stripe.Refund> {
  const { data: before } = await tx.lock<Stripe.Refund>('refund', id)
  if (before.status !== 'pending' && before.destination_details?.card?.reference_status !== 'pending') return before
  const { pending_reason, ...rest } = before
  const card = before.destination_details?.card
  const after: Stripe.Refund = { ...rest, status: before.status === 'pending' ? 'succeeded' : before.status }
  if (card && before.status !== 'pending') {
    const reference = { reference: newId('', 23), reference_status: 'available' }
    after.destination_details = { type: 'card', card: { ...card, ...reference } }
  }
  announce(tx, before, after)
  return tx.save(after)
}

/** The money comes back to the balance, and the charge counts as not refunded that far. Also long after it had succeeded. */
export async function failRefund(tx: Tx, id: string, reason?: FailureReason): Promise<Stripe.Refund> {
  const { charge: chargeId } = await tx.get<Stripe.Refund>('refund', id)
  const { data: charge } = await tx.lock<Stripe.Charge>('charge', chargeId as string)
  const { data: before } = await tx.lock<Stripe.Refund>('refund', id)
  if (before.status === 'failed') return before
  const transaction = await giveBack(tx, before)
  const isCard = charge.payment_method_details!.type === 'card'
  const { pending_reason, ...rest } = before
  const after: Stripe.Refund = {
    ...rest,
    failure_balance_transaction: transaction.id,
    failure_reason: reason ?? (isCard ? 'expired_or_canceled_card' : 'unknown'),
    status: 'failed',
  }
  await tx.save({ ...charge, amount_refunded: charge.amount_refunded - before.amount, refunded: false })
  announce(tx, before, after)
  tx.emit('refund.failed', after)
  return tx.save(after)
}

/** By the refund's own rate, so that the two cancel out. */
async function giveBack(tx: Tx, refund: Stripe.Refund): Promise<Stripe.BalanceTransaction> {
  const out = await tx.get<Stripe.BalanceTransaction>('balance_transaction', refund.balance_transaction as string)
  return book(tx, {
    type: 'refund_failure',
    reporting_category: 'refund_failure',
    amount: -out.amount,
    currency: out.currency,
    description: `REFUND FAILURE${out.description?.replace('REFUND', '')}`,
    exchange_rate: out.exchange_rate,
    source: refund.id,
  })
}

function announce(tx: Tx, before: Stripe.Refund, after: Stripe.Refund): void {
  const added = Object.keys(after).filter((key) => !(key in before))
  const previous = { ...changed(before, after), ...Object.fromEntries(added.map((key) => [key, null])) }
  // The older name, which Stripe still uses beside the new one for these.
  if (after.status === 'failed' || after.destination_details?.type !== 'card') {
    tx.emit('charge.refund.updated', after, previous)
  }
  tx.emit('refund.updated', after, previous)
}
