import type { Money } from '../money.ts'
import type { SyncDeps } from './sync.ts'
import { sync } from './sync.ts'

export type CheckoutState =
  | { state: 'paid'; amount: Money }
  | { state: 'processing' | 'failed' | 'open'; amount?: Money }

/**
 * How a Checkout Session stands, for the page that its payer comes back to. Reads it from Stripe where we do not know it
 * as paid yet, through the same door as the webhook, so that nobody who paid has to wait for it.
 * Undefined for a session that does not exist. Throws Stripe's errors.
 */
export async function checkoutState(deps: SyncDeps, sessionId: string): Promise<CheckoutState | undefined> {
  const known = await paymentOfSession(deps, sessionId)
  if (known?.status === 'paid') return stateOf(known)
  const reading = await sync(deps, sessionId)
  if (!reading) return undefined
  const payment = await paymentOfSession(deps, sessionId)
  if (payment) return stateOf(payment)
  return { state: 'open' }
}

function paymentOfSession({ db }: SyncDeps, sessionId: string) {
  return db
    .selectFrom('payments')
    .select(['status', 'amount', 'currency'])
    .where('session_id', '=', sessionId)
    .executeTakeFirst()
}

function stateOf({
  status,
  amount,
  currency,
}: {
  status: 'paid' | 'processing' | 'failed'
  amount: number
  currency: string
}): CheckoutState {
  return { state: status, amount: { amount, currency } }
}
