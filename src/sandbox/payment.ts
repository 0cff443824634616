import type Stripe from 'stripe'
import { type Attempt, createCharge } from './resources/charges.ts'
import { fail, succeed } from './resources/payment-intents.ts'
import { settleCharge } from './settlement.ts'
import type { Tx } from './tx.ts'

/** One attempt at a payment intent, and what is told of it. */
export async function attemptPayment(tx: Tx, given: Attempt): Promise<Stripe.Charge> {
  const charge = await createCharge(tx, given)
  const decline = given.card?.behaviour.decline
  if (decline) await fail(tx, given.intent, given.method, decline, charge)
  else await succeed(tx, given.intent, charge)
  tx.emit(decline ? 'charge.failed' : 'charge.succeeded', charge)
  return charge
}

/** The fee becomes known a little later; last of all, when that is at once. */
export async function settleSoon(tx: Tx, charge: Stripe.Charge): Promise<void> {
  if (tx.config.settleAfterMs > 0) await tx.setTimer('settle', charge.id, tx.now + tx.config.settleAfterMs)
  else await settleCharge(tx, charge.id)
}
