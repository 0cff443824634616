import type Stripe from 'stripe'
import { priceOfKey } from '../catalog.ts'
import { asLocale } from '../ui/i18n.ts'
import { describe } from './checkout.ts'
import { metadataOf, type PaymentMetadata } from './metadata.ts'
import { invoiceOf, invoicePayment } from './read-invoice.ts'
import { type Asked, readingOfPayment } from './read-what-became.ts'
import { type ChargeFacts, dateOf, expanded, idOf, payerOf, type Reading, type Row } from './reading.ts'

// What moved the balance for the charge itself: when it was paid, and when a payment that had gone through bounced.
const chargeExpand = ['balance_transaction', 'failure_balance_transaction', 'refunds']
const expandUnder = (path: string) => chargeExpand.map((field) => `${path}latest_charge.${field}`)

/**
 * Reads a Checkout Session (cs_…) with all that was paid by it: one call, and one more for each of refunds and disputes
 * when there are any. Throws Stripe's errors.
 */
export async function readSession(stripe: Stripe, id: string): Promise<Reading> {
  return readingOf(stripe, await stripe.checkout.sessions.retrieve(id, { expand: expandUnder('payment_intent.') }))
}

/**
 * Reads a PaymentIntent (pi_…): one call for one of a Checkout Session, three for one of an invoice, and what became of it
 * as above. Whichever object an event names, a payment is always read whole, so that the newest reading says everything.
 * Throws Stripe's errors.
 */
export async function readPaymentIntent(stripe: Stripe, id: string, asked?: Asked): Promise<Reading> {
  // By way of the session, since only that has the customer's details in every case; four levels are all that expand allows.
  const expand = expandUnder('data.payment_intent.')
  const [session] = (await stripe.checkout.sessions.list({ payment_intent: id, limit: 1, expand })).data
  if (session) return readingOf(stripe, session, asked)
  const invoice = await invoiceOf(stripe, id)
  const intent = await stripe.paymentIntents.retrieve(id, { expand: expandUnder('') })
  const rowOf = (facts: ChargeFacts) => (invoice ? invoicePayment(invoice, intent, facts) : paymentRow(intent, facts))
  return readingOfPayment(stripe, intent, rowOf, asked)
}

/**
 * Reads an invoice (in_…) as the payment that it became: two calls for a subscription's, since expand ends before the fee.
 * An invoice that nobody paid or that cost nothing is no payment. Throws Stripe's errors.
 */
export async function readInvoice(stripe: Stripe, id: string): Promise<Reading> {
  const invoice = await stripe.invoices.retrieve(id, { expand: ['payments'] })
  const paid = invoice.payments?.data.find(({ status, payment }) => status === 'paid' && payment.payment_intent)
  const intentId = idOf(paid?.payment.payment_intent)
  if (!intentId) return { id }
  // One-off payments may have an invoice, too; whichever object leads to it, a payment is read whole.
  if (!invoice.parent?.subscription_details) return readPaymentIntent(stripe, intentId)
  const intent = await stripe.paymentIntents.retrieve(intentId, { expand: expandUnder('') })
  return readingOfPayment(stripe, intent, (facts) => invoicePayment(invoice, intent, facts))
}

async function readingOf(stripe: Stripe, session: Stripe.Checkout.Session, asked?: Asked): Promise<Reading> {
  const intent = expanded(session.payment_intent)
  if (!intent) return { id: session.id, payUrl: session.url, began: begunBy(session), payment: gift(session) }
  const reading = await readingOfPayment(stripe, intent, (facts) => paymentRow(intent, facts, session), asked)
  return { ...reading, payUrl: session.url }
}

/** What a code for the whole price made free: there is no PaymentIntent, and it opens what it opens all the same. */
function gift(session: Stripe.Checkout.Session): Row<'payments'> | undefined {
  const { id, mode, status, payment_status, created, currency } = session
  const metadata = metadataOf(session.metadata)
  const isFree = mode === 'payment' && status === 'complete' && payment_status === 'no_payment_required'
  if (!metadata || !isFree) return undefined
  const price = priceOfKey(metadata.price)
  return {
    ...factsOf(metadata),
    id,
    status: 'paid',
    amount: 0,
    currency: currency ?? '',
    description: price ? describe(price, asLocale(metadata.locale)) : '',
    email: payerOf(session.customer_details?.email),
    session_id: id,
    customer_id: idOf(session.customer),
    livemode: session.livemode,
    created_at: dateOf(created),
    paid_at: dateOf(created),
  }
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
  return {
    ...factsOf(metadata),
    id: intent.id,
    status,
    amount: intent.amount,
    currency: intent.currency,
    description: intent.description ?? '',
    email: payerOf(session?.customer_details?.email ?? charge?.billing_details.email ?? intent.receipt_email),
    ...facts,
    session_id: session?.id ?? null,
    customer_id: idOf(intent.customer),
    livemode: intent.livemode,
    created_at: dateOf(intent.created),
    paid_at: status === 'paid' ? dateOf((charge ?? intent).created) : null,
  }
}

function factsOf({
  kind,
  locale,
  name,
  message,
  price,
  quantity,
  credits,
  plan,
  days,
  request,
  wall,
  user,
}: PaymentMetadata) {
  return {
    kind,
    locale,
    name: name ?? null,
    message: message ?? null,
    price_key: price ?? null,
    quantity,
    credits,
    plan: plan ?? null,
    days: days ?? null,
    request_id: request ?? null,
    on_wall: wall === 'yes',
    buyer_id: user ?? null,
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
