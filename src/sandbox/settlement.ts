import type Stripe from 'stripe'
import { invalid, missing } from './errors.ts'
import { type Method, settle } from './fees.ts'
import { book, dayAfter } from './money/book.ts'
import type { ChargeHidden } from './resources/charges.ts'
import type { Row, Tx } from './tx.ts'

/** A first-time account waits about a week for its money; a settled one two days. */
const AVAILABLE_AFTER_DAYS = 2

/** The money of a charge reaches the balance: now its fee is known. Nobody asked for it, so the event names no request. */
export async function settleCharge(tx: Tx, chargeId: string): Promise<void> {
  const { data: charge, hidden } = await tx.lock<Stripe.Charge, ChargeHidden>('charge', chargeId)
  // A refund does not wait for it, and settles before its time.
  if (charge.balance_transaction) return
  const method = charge.payment_method_details!.type as Method
  const currency = tx.config.settlementCurrency
  const { amount, fee, exchangeRate } = settle(charge.amount, charge.currency, currency, method)

  const transaction = await book(tx, {
    // What does not come from a card is a `payment`.
    type: method === 'card' ? 'charge' : 'payment',
    reporting_category: 'charge',
    amount,
    availableOn: hidden.available ? tx.now : dayAfter(tx, AVAILABLE_AFTER_DAYS),
    currency,
    description: charge.description,
    exchange_rate: exchangeRate,
    fee,
    source: charge.id,
  })
  const settled = await tx.save({ ...charge, balance_transaction: transaction.id })
  tx.emit('charge.updated', settled, { balance_transaction: null }, { byItself: true })
}

/** A charge that is in the balance: that much is true of any that is refunded or disputed. */
export async function settledCharge(tx: Tx, chargeId: string): Promise<Row<Stripe.Charge, ChargeHidden>> {
  const charge = await tx.find<Stripe.Charge>('charge', chargeId)
  if (!charge) throw missing('charge', chargeId, 'charge', 400)
  if (!charge.paid) throw invalid(`Charge ${chargeId} was not paid.`, { param: 'charge' })
  await settleCharge(tx, chargeId)
  return tx.lock<Stripe.Charge, ChargeHidden>('charge', chargeId)
}
