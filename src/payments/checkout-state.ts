import type { PaymentStatus } from '../db/tables.ts'
import type { Money } from '../money.ts'
import type { SyncDeps } from './sync.ts'
import { sync } from './sync.ts'

export type CheckoutState =
  | { state: 'paid'; amount?: Money; isSubscription?: boolean }
  | { state: 'processing' | 'failed'; amount?: Money }
  | { state: 'open'; payUrl: string }

/**
 * How a Checkout Session stands, for the page that its payer comes back to. Reads it from Stripe where we do not know it
 * as paid yet, through the same door as the webhook, so that nobody who paid has to wait for it.
 * Undefined for a session that does not exist. Throws Stripe's errors, and those of `beforeAsking`, which is called when
 * Stripe has to be asked.
 */
export async function checkoutState(
  deps: SyncDeps,
  sessionId: string,
  beforeAsking: () => Promise<void>,
): Promise<CheckoutState | undefined> {
  const known = await paymentOfSession(deps, sessionId)
  if (known?.status === 'paid') return stateOf(known)
  await beforeAsking()
  const reading = await sync(deps, sessionId)
  if (!reading) return undefined
  const payment = await paymentOfSession(deps, sessionId)
  if (payment) return stateOf(payment)
  if (reading.began) {
    const { subscriptionId, invoiceId, amount, currency } = reading.began
    for (const id of [subscriptionId, invoiceId]) if (id) await sync(deps, id)
    // A trial begins with nothing to pay.
    return {
      state: 'paid',
      isSubscription: subscriptionId !== undefined,
      ...(amount > 0 && { amount: { amount, currency } }),
    }
  }
  // A session without a page is expired.
  return reading.payUrl ? { state: 'open', payUrl: reading.payUrl } : { state: 'failed' }
}

function paymentOfSession({ db }: SyncDeps, sessionId: string) {
  return db
    .selectFrom('payments')
    .select(['status', 'amount', 'currency'])
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
}

function stateOf(payment: { status: PaymentStatus; amount: number; currency: string }): CheckoutState {
  const { status: state, amount, currency } = payment
  return { state, amount: { amount, currency } }
}
