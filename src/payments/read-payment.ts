import type Stripe from 'stripe'
import { metadataOf } from './metadata.ts'
import { intentExpand, invoiceOf, invoicePayment } from './read-invoice.ts'
import { type Asked, readingOfPayment } from './read-what-became.ts'
import { type ChargeFacts, dateOf, expanded, idOf, payerOf, type Reading, type Row } from './reading.ts'

/**
 * Reads a Checkout Session (cs_…) with all that was paid by it: one call, and one more for each of refunds and disputes
 * when there are any. Throws Stripe's errors.
 */
export async function readSession(stripe: Stripe, id: string): Promise<Reading> {
  const expand = ['payment_intent.latest_charge.balance_transaction', 'payment_intent.latest_charge.refunds']
  return readingOf(stripe, await stripe.checkout.sessions.retrieve(id, { expand }))
}

/**
 * Reads a PaymentIntent (pi_…): one call for one of a Checkout Session, three for one of an invoice, and what became of it
 * as above. Whichever object an event names, a payment is always read whole, so that the newest reading says everything.
 * Throws Stripe's errors.
 */
export async function readPaymentIntent(stripe: Stripe, id: string, asked?: Asked): Promise<Reading> {
  // By way of the session, since only that has the customer's details in every case; four levels are all that expand allows.
  const expand = ['data.payment_intent.latest_charge.balance_transaction', 'data.payment_intent.latest_charge.refunds']
  const [session] = (await stripe.checkout.sessions.list({ payment_intent: id, limit: 1, expand })).data
  if (session) return readingOf(stripe, session, asked)
  const invoice = await invoiceOf(stripe, id)
  const intent = await stripe.paymentIntents.retrieve(id, { expand: intentExpand })
  const rowOf = (facts: ChargeFacts) => (invoice ? invoicePayment(invoice, intent, facts) : paymentRow(intent, facts))
  return readingOfPayment(stripe, intent, rowOf, asked)
}

async function readingOf(stripe: Stripe, session: Stripe.Checkout.Session, asked?: Asked): Promise<Reading> {
  const intent = expanded(session.payment_intent)
  if (!intent) return { id: session.id, payUrl: session.url, began: begunBy(session) }
  const reading = await readingOfPayment(stripe, intent, (facts) => paymentRow(intent, facts, session), asked)
  return { ...reading, payUrl: session.url }
}

function begunBy({ subscription, invoice, amount_total, currency }: Stripe.Checkout.Session): Reading['began'] {
  const subscriptionId = idOf(subscription)
  if (!subscriptionId) return undefined
  return { subscriptionId, invoiceId: idOf(invoice), amount: amount_total ?? 0, currency: currency ?? '' }
}

function paymentRow(
  intent: Stripe.PaymentIntent,
  facts: ChargeFacts,
  session?: Stripe.Checkout.Session,
): Row<'payments'> | undefined {
  const metadata = metadataOf(intent.metadata)
  const status = statusOf(intent, session)
  if (!metadata || !status) return undefined
  const charge = expanded(intent.latest_charge)
  const { kind, locale, name, message, price, quantity, credits, plan, days, request, user } = metadata
  return {
    id: intent.id,
    kind,
    status,
    amount: intent.amount,
    currency: intent.currency,
    description: intent.description ?? '',
    email: payerOf(session?.customer_details?.email ?? charge?.billing_details.email ?? intent.receipt_email),
    name: name ?? null,
    message: message ?? null,
    locale,
    ...facts,
    session_id: session?.id ?? null,
    customer_id: idOf(intent.customer),
    price_key: price ?? null,
    quantity,
    credits,
    plan: plan ?? null,
    days: days ?? null,
    request_id: request ?? null,
    buyer_id: user ?? null,
    livemode: intent.livemode,
    created_at: dateOf(intent.created),
    paid_at: status === 'paid' && charge ? dateOf(charge.created) : null,
  }
}

/** Undefined while the customer may still pay or go away: a declined card leaves the session open. */
function statusOf(intent: Stripe.PaymentIntent, session?: Stripe.Checkout.Session) {
  if (intent.status === 'succeeded') return 'paid'
  const isComplete = session?.status === 'complete'
  // Of a voucher or a bank transfer the session is complete, and the money may still come.
  if (intent.status === 'processing' || (isComplete && intent.status === 'requires_action')) return 'processing'
  // Delayed methods fail after the session is complete.
  return isComplete || intent.status === 'canceled' ? 'failed' : undefined
}
