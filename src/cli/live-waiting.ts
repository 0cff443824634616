import type Stripe from 'stripe'
import { ConfigError } from '../config.ts'
import { idOf } from '../payments/reading.ts'
import type { GoLiveDeps } from './live.ts'

/** How long to wait for the owner to pay, and for the payment to come into the books. */
export interface Patience {
  payMs: number
  arriveMs: number
  everyMs: number
}

export const usual: Patience = { payMs: 15 * 60_000, arriveMs: 2 * 60_000, everyMs: 1_000 }

/** The PaymentIntent of a session, once it is paid; undefined when that takes too long. Throws Stripe's errors. */
export function paymentOf(
  stripe: Stripe,
  sessionId: string,
  { payMs, everyMs }: Patience,
): Promise<string | undefined> {
  return until(payMs, everyMs, () => paidIn(stripe, sessionId))
}

async function paidIn(stripe: Stripe, sessionId: string): Promise<string | undefined> {
  const { payment_status, payment_intent } = await stripe.checkout.sessions.retrieve(sessionId)
  return payment_status === 'paid' ? (idOf(payment_intent) ?? undefined) : undefined
}

/** Closes the page, so that it is not paid when nobody looks any more, and says that nothing was paid. */
export async function expired(stripe: Stripe, sessionId: string, milliseconds: number): Promise<string> {
  await stripe.checkout.sessions.expire(sessionId).catch(() => {})
  return `Nobody paid within ${Math.round(milliseconds / 60_000)} minutes, and the page is closed. Run this again when you have your card at hand.`
}

/** Says how the payment came into the books. Throws a ConfigError when it did not, or not by the webhook that should bring it. */
export async function arrivalOf(
  { db, config }: Pick<GoLiveDeps, 'db' | 'config'>,
  paymentId: string,
  { arriveMs, everyMs }: Patience,
): Promise<string> {
  const hasWebhook = config.stripe.webhookSecrets.length > 0
  const look = async () => {
    const payment = await db.selectFrom('payments').select('paid_at').where('id', '=', paymentId).executeTakeFirst()
    const events = await db
      .selectFrom('inbox')
      .select('via')
      .where('object_id', '=', paymentId)
      .where('applied_at', 'is not', null)
      .execute()
    return {
      isBooked: payment?.paid_at !== undefined && payment.paid_at !== null,
      vias: new Set(events.map(({ via }) => via)),
    }
  }
  const arrived = await until(arriveMs, everyMs, async () => {
    const { isBooked, vias } = await look()
    return isBooked && (hasWebhook ? vias.has('webhook') : vias.size > 0) ? vias : undefined
  })
  if (arrived) return arrived.has('webhook') ? 'in the books, by the webhook' : 'in the books, by asking Stripe'
  const { isBooked } = await look()
  throw new ConfigError(
    isBooked
      ? `The payment is in the books, but ${hasWebhook ? 'no webhook brought it. See the attempts at https://dashboard.stripe.com/webhooks, and whether STRIPE_WEBHOOK_SECRET is the one of that endpoint' : 'not by asking Stripe: does the app run?'}. (It was refunded.)`
      : 'The payment did not come into the books. Does the app run, on this database? See /dashboard/health. (It was refunded.)',
  )
}

async function until<T>(
  milliseconds: number,
  everyMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const givenUpAt = Date.now() + milliseconds
  for (;;) {
    const found = await look()
    if (found !== undefined || Date.now() >= givenUpAt) return found
    await new Promise((done) => setTimeout(done, everyMs))
  }
}
