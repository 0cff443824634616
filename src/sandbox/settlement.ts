import type Stripe from 'stripe'
import { type Method, settle } from './fees.ts'
import { newId } from './ids.ts'
import type { Tx } from './tx.ts'

const DAY = 24 * 60 * 60 * 1000
/** A first-time account waits about a week for its money; a settled one two days. */
const AVAILABLE_AFTER = 2 * DAY

/** The money of a charge reaches the balance: now its fee is known. Nobody asked for it, so the event names no request. */
export async function settleCharge(tx: Tx, chargeId: string): Promise<void> {
  const { data: charge } = await tx.lock<Stripe.Charge>('charge', chargeId)
  const method = charge.payment_method_details!.type as Method
  const currency = tx.config.settlementCurrency
  const { amount, fee, net, exchangeRate } = settle(charge.amount, charge.currency, currency, method)
  const availableOn = tx.now + AVAILABLE_AFTER

  const transaction = await tx.insert({
    id: newId('txn_3'),
    object: 'balance_transaction',
    amount,
    available_on: Math.floor(availableOn / 1000),
    balance_type: 'payments',
    created: tx.seconds,
    currency,
    description: charge.description,
    exchange_rate: exchangeRate,
    fee,
    fee_details: [
      { amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' },
    ],
    net,
    reporting_category: 'charge',
    source: charge.id,
    status: 'pending',
    // What does not come from a card is a `payment`.
    type: method === 'card' ? 'charge' : 'payment',
  } satisfies Stripe.BalanceTransaction)
  await tx.setTimer('available', transaction.id, availableOn)

  const settled = await tx.save({ ...charge, balance_transaction: transaction.id })
  tx.emit('charge.updated', settled, { balance_transaction: null }, { byItself: true })
}

export async function makeAvailable(tx: Tx, transactionId: string): Promise<void> {
  const { data } = await tx.lock<Stripe.BalanceTransaction>('balance_transaction', transactionId)
  await tx.save({ ...data, status: 'available' })
}
