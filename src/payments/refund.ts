import Stripe from 'stripe'
import type { Money } from '../money.ts'
import { isStripeDown } from './stripe.ts'
import { type SyncDeps, sync } from './sync.ts'

export interface RefundOrder {
  paymentId: string
  money: Money
  reason?: Stripe.RefundCreateParams.Reason | undefined
  askedBy: 'owner' | 'customer'
  /** The same one gives the money back once. */
  idempotencyKey: string
}

/** Why Stripe did not give the money back. Of `down` and `busy` nobody knows yet: ask again under the same key. */
export interface Refusal {
  why: 'down' | 'busy' | 'refunded' | 'tooMuch' | 'disputed' | 'balance' | 'tooOld' | 'other'
  /** Stripe's own words, in English. */
  said: string
}

/**
 * Gives money back, and brings the books up to date, so that whoever asked sees it at once; the mail to the customer comes
 * with that. Undefined when it is done. Throws what is neither done nor refused.
 * https://docs.stripe.com/api/refunds/create
 */
export async function refund(deps: SyncDeps, order: RefundOrder): Promise<Refusal | undefined> {
  try {
    await createRefund(deps.stripe, order)
    await sync(deps, order.paymentId)
    return undefined
  } catch (error) {
    const refusal = refusalOf(error)
    if (!refusal) throw error
    // A refund or a dispute that we have not heard of yet may be the reason.
    if (refusal.why !== 'down' && refusal.why !== 'busy') await sync(deps, order.paymentId)
    return refusal
  }
}

function createRefund(stripe: Stripe, { paymentId, money, reason, askedBy, idempotencyKey }: RefundOrder) {
  return stripe.refunds.create(
    {
      payment_intent: paymentId,
      amount: money.amount,
      ...(reason && { reason }),
      metadata: { asked_by: askedBy },
    },
    { idempotencyKey },
  )
}

const CODES: Record<string, Refusal['why']> = {
  charge_already_refunded: 'refunded',
  charge_disputed: 'disputed',
  refund_disputed_payment: 'disputed',
  balance_insufficient: 'balance',
  insufficient_funds: 'balance',
  charge_not_refundable: 'tooOld',
  idempotency_key_in_use: 'busy',
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Stripe.errors.StripeError)) return undefined
  const said = error.message
  if (isStripeDown(error)) return { why: 'down', said }
  const why = CODES[error.code ?? '']
  if (why) return { why, said }
  // Those have no code of their own.
  if (/greater than/.test(said)) return { why: 'tooMuch', said }
  return { why: /too old|no longer be refunded/.test(said) ? 'tooOld' : 'other', said }
}
