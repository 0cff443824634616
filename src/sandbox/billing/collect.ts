import type Stripe from 'stripe'
import { type Card, charged, type Decline, GENERIC_DECLINE } from '../cards.ts'
import { attemptPayment } from '../payment.ts'
import type { Payer } from '../resources/payment-methods.ts'
import type { Tx } from '../tx.ts'
import { paymentOf, updateInvoice } from './finalize.ts'
import { DAY } from './periods.ts'
import {
  endSubscription,
  invoicesOf,
  lockInvoice,
  lockSubscription,
  subscriptionOf,
  updateSubscription,
} from './state.ts'
import type { Invoice, Subscription } from './types.ts'

/** What an invoice is paid with. */
export interface Means {
  method: Stripe.PaymentMethod
  card: Card
  /** The payer is there and went through 3-D Secure. */
  authenticated?: boolean
  /** The card was asked already, and agreed. */
  approved?: boolean
}

export interface Collected {
  invoice: Invoice
  decline?: Decline
  /** To be settled once everything that happens at once is told (see payment.ts). */
  charge?: Stripe.Charge
}

/** Tries to get an open invoice's money. `automatic`: by itself, so that a failure is followed by retries. */
export async function collect(
  tx: Tx,
  invoiceId: string,
  { means, automatic = true }: { means?: Means; automatic?: boolean } = {},
): Promise<Collected> {
  const invoice = await lockInvoice(tx, invoiceId)
  if (invoice.status !== 'open') return { invoice }
  const payment = await paymentOf(tx, invoice.id)
  if (!payment) return { invoice: await markPaid(tx, invoice) }

  const by = means ?? (await meansOf(tx, invoice))
  if (!by) return markFailed(tx, invoice, NO_METHOD, automatic)
  const card = await presented(tx, invoice.customer, by)
  const intent = await tx.get<Stripe.PaymentIntent>('payment_intent', payment.payment.payment_intent as string)
  const charge = await attemptPayment(tx, {
    intent: { ...intent, customer: invoice.customer },
    method: by.method,
    card,
    payer: by.method.billing_details as Payer,
    authenticated: by.authenticated ?? false,
  })
  const { decline } = card.behaviour
  if (decline) return markFailed(tx, invoice, decline, automatic)
  return { invoice: await markPaid(tx, invoice, payment), charge }
}

/** The invoice's own, else the subscription's, else the customer's. */
export async function meansOf(tx: Tx, invoice: Pick<Invoice, 'customer' | 'default_payment_method' | 'parent'>) {
  const customer = await tx.get<Stripe.Customer>('customer', invoice.customer)
  const id = subscriptionOf(invoice as Invoice)
  const subscription = id ? await tx.get<Subscription>('subscription', id) : undefined
  const method =
    subscription?.default_payment_method ??
    invoice.default_payment_method ??
    customer.invoice_settings.default_payment_method
  return method ? means(tx, method as string) : undefined
}

export async function means(tx: Tx, method: string): Promise<Means | undefined> {
  const row = await tx.row<Stripe.PaymentMethod, { card?: Card }>('payment_method', method)
  return row?.hidden.card && { method: row.data, card: row.hidden.card }
}

/** The card as it will behave this time. */
async function presented(tx: Tx, customer: string, { card, authenticated, approved }: Means): Promise<Card> {
  if (approved) return card
  const { data, hidden } = await tx.lock<Stripe.Customer, { failNext?: number }>('customer', customer)
  const failNext = hidden.failNext ?? 0
  if (failNext) await tx.save(data, { ...hidden, failNext: failNext - 1 })
  if (failNext) return { ...card, behaviour: { decline: GENERIC_DECLINE } }
  if (card.behaviour.authenticate !== 'always' || authenticated) return charged(card)
  return { ...card, behaviour: { decline: AUTHENTICATION_REQUIRED } }
}

const NO_METHOD: Decline = { code: 'resource_missing', message: 'This customer has no default payment method.' }
const AUTHENTICATION_REQUIRED: Decline = {
  code: 'card_declined',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

export async function markPaid(tx: Tx, before: Invoice, payment?: Stripe.InvoicePayment): Promise<Invoice> {
  await tx.clearTimer('retry', before.id)
  const after: Invoice = {
    ...before,
    amount_paid: before.amount_due,
    amount_remaining: 0,
    attempt_count: before.attempt_count + (payment ? 1 : 0),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...before.status_transitions, paid_at: tx.seconds },
  }
  await tx.save(after)
  await recover(tx, after)
  tx.emit('invoice.paid', after)
  tx.emit('invoice.payment_succeeded', after)
  if (payment) {
    const status_transitions = { ...payment.status_transitions, paid_at: tx.seconds }
    const paid = { ...payment, amount_paid: payment.amount_requested, status: 'paid' as const, status_transitions }
    tx.emit('invoice_payment.paid', await tx.save(paid))
  }
  return updateInvoice(tx, before, after)
}

/** Its subscription is in order again, and its customer, if nothing else is owed. */
async function recover(tx: Tx, invoice: Invoice): Promise<void> {
  const id = subscriptionOf(invoice)
  if (!id) return
  const subscription = await lockSubscription(tx, id)
  await tx.clearTimer('incomplete_expire', id)
  const behind = subscription.latest_invoice === invoice.id && ['past_due', 'unpaid'].includes(subscription.status)
  if (behind || subscription.status === 'incomplete') await updateSubscription(tx, subscription, { status: 'active' })
  if (!(await invoicesOf(tx, id, ['open'])).length) await setDelinquent(tx, invoice.customer, false)
}

async function markFailed(tx: Tx, before: Invoice, decline: Decline, automatic: boolean): Promise<Collected> {
  const id = subscriptionOf(before)
  const subscription = id ? await lockSubscription(tx, id) : undefined
  // A first payment is the customer's to repeat; a renewal is asked for again and again.
  const dunned = automatic && subscription !== undefined && subscription.status !== 'incomplete'
  const days = dunned ? tx.settings.dunning.retryDays[before.attempt_count] : undefined
  const next = days === undefined ? null : tx.seconds + days * DAY
  const after: Invoice = {
    ...before,
    attempt_count: before.attempt_count + (automatic ? 1 : 0),
    attempted: true,
    ...(automatic && { next_payment_attempt: next }),
  }
  if (next !== null) await tx.setTimer('retry', before.id, next * 1000)
  await tx.save(after)
  tx.emit('invoice.payment_failed', after)
  if (decline.decline_code === 'authentication_required') tx.emit('invoice.payment_action_required', after)
  const invoice = await updateInvoice(tx, before, after)
  if (subscription && dunned) await fallBehind(tx, subscription, next === null)
  return { invoice, decline }
}

async function fallBehind(tx: Tx, subscription: Subscription, givenUp: boolean): Promise<void> {
  const { afterwards } = tx.settings.dunning
  await setDelinquent(tx, subscription.customer, true)
  if (givenUp && afterwards === 'cancel') await endSubscription(tx, subscription, 'payment_failed')
  else if (subscription.status !== 'unpaid') {
    await updateSubscription(tx, subscription, { status: givenUp && afterwards === 'unpaid' ? 'unpaid' : 'past_due' })
  }
}

async function setDelinquent(tx: Tx, customerId: string, delinquent: boolean): Promise<void> {
  const { data: customer } = await tx.lock<Stripe.Customer>('customer', customerId)
  if (customer.delinquent === delinquent) return
  tx.emit('customer.updated', await tx.save({ ...customer, delinquent }), { delinquent: customer.delinquent })
}
