import type Stripe from 'stripe'
import { collect, markPaid } from './billing/collect.ts'
import { redeem } from './billing/discounts.ts'
import { finalizeInvoice, paymentOf } from './billing/finalize.ts'
import { createInvoice } from './billing/invoice.ts'
import type { Draft } from './billing/lines.ts'
import { alone } from './billing/state.ts'
import { openSubscription } from './billing/subscribe.ts'
import type { Card } from './cards.ts'
import { applied } from './checkout-changes.ts'
import { attemptPayment, settleSoon } from './payment.ts'
import type { Attempt } from './resources/charges.ts'
import { createCustomer } from './resources/customers.ts'
import type { LineItem } from './resources/line-items.ts'
import { attach } from './resources/payment-method-routes.ts'
import type { Payer } from './resources/payment-methods.ts'
import { trialEnd } from './resources/recurring-items.ts'
import { customerDetails, type SessionHidden } from './resources/session-create.ts'
import type { Tx } from './tx.ts'

/** What follows when nothing stands in the way of a payment any more. */

type Session = Stripe.Checkout.Session

/** Without a method when there is nothing to pay, now or later; without an intent when there is nothing to pay now. */
export interface Agreed {
  payer: Payer
  method?: Stripe.PaymentMethod
  card?: Card
  intent?: Stripe.PaymentIntent
  authenticated: boolean
}

export async function fulfil(tx: Tx, session: Session, hidden: SessionHidden, agreed: Agreed): Promise<Session> {
  await alone(tx)
  return session.mode === 'subscription'
    ? subscribe(tx, session, hidden, agreed)
    : takePayment(tx, session, hidden, agreed)
}

async function takePayment(tx: Tx, session: Session, hidden: SessionHidden, agreed: Agreed): Promise<Session> {
  const customer = await customerOf(tx, session, agreed.payer)
  const reduction = await applied(tx, session)
  const discount = reduction && (await redeem(tx, reduction, { customer, checkout_session: session.id }))
  const intent = agreed.intent && { ...agreed.intent, customer }
  const charge = intent && (await attemptPayment(tx, { ...(agreed as Attempt), intent }))
  const invoice = session.invoice_creation?.enabled
    ? await invoicePaid(tx, session, hidden, { customer: customer!, discounts: discount ? [discount.id] : [], intent })
    : null
  const changes = { customer, invoice, payment_intent: intent?.id ?? null }
  const done = await complete(tx, session, hidden, agreed.payer, changes)
  if (charge) await settleSoon(tx, charge)
  return done
}

/** A receipt in the form of an invoice that is paid already. */
async function invoicePaid(
  tx: Tx,
  session: Session,
  hidden: SessionHidden,
  given: { customer: string; discounts: string[]; intent: Stripe.PaymentIntent | undefined },
): Promise<string> {
  const { intent, ...rest } = given
  const draft = await createInvoice(tx, {
    ...rest,
    currency: session.currency!,
    reason: 'manual',
    drafts: hidden.items.map((item) => draftOf(tx, item)),
    description: session.invoice_creation!.invoice_data.description,
    metadata: session.invoice_creation!.invoice_data.metadata ?? {},
  })
  const invoice = await finalizeInvoice(tx, draft, intent && (await tx.get('payment_intent', intent.id)))
  return (await markPaid(tx, invoice, await paymentOf(tx, invoice.id))).id
}

async function subscribe(tx: Tx, session: Session, hidden: SessionHidden, agreed: Agreed): Promise<Session> {
  const customer = (await customerOf(tx, session, agreed.payer))!
  const { method, card, authenticated } = agreed
  const kept = method && (await attach(tx, method, customer))
  const { metadata, description, trial_settings, ...trial } = hidden.subscription_data ?? {}
  const trial_end = trialEnd(tx, trial)
  const reduction = await applied(tx, session)
  const { subscription, invoice: draft } = await openSubscription(tx, {
    customer,
    items: hidden.items
      .filter(({ price }) => price.recurring)
      .map(({ price, quantity }) => ({ price, quantity: quantity! })),
    once: hidden.items.filter(({ price }) => !price.recurring).map((item) => draftOf(tx, item)),
    default_payment_method: kept?.id ?? null,
    metadata: metadata || {},
    ...(description && { description }),
    ...(trial_end && { trial_end }),
    ...(trial_settings && { missing_payment_method: trial_settings.end_behavior.missing_payment_method }),
    reductions: reduction ? [reduction] : [],
    checkout_session: session.id,
    automatic_tax: session.automatic_tax.enabled,
  })
  const { invoice, charge } = await tx.tellLast(/^(payment_intent|charge)\./, async () => {
    const { id } = await finalizeInvoice(tx, draft, agreed.intent)
    return collect(tx, id, kept && card ? { means: { method: kept, card, authenticated, approved: true } } : {})
  })
  const changes = { customer, invoice: invoice.id, subscription: subscription.id }
  const done = await complete(tx, session, hidden, agreed.payer, changes)
  if (charge) await settleSoon(tx, charge)
  return done
}

const draftOf = (tx: Tx, { amount_subtotal, description, price, quantity }: LineItem): Draft => ({
  amount: amount_subtotal,
  description: description ?? '',
  period: { start: tx.seconds, end: tx.seconds },
  price,
  quantity: quantity!,
})

async function customerOf(tx: Tx, session: Session, payer: Payer): Promise<string | null> {
  if (session.customer || session.customer_creation !== 'always') return session.customer as string | null
  return (await createCustomer(tx, { email: payer.email, name: payer.name })).id
}

async function complete(tx: Tx, session: Session, hidden: SessionHidden, payer: Payer, changes: Partial<Session>) {
  const done: Session = {
    ...session,
    ...changes,
    customer_details: customerDetails(payer.email, payer.name),
    payment_status: session.amount_total ? 'paid' : 'no_payment_required',
    status: 'complete',
    url: null,
  }
  await tx.clearTimer('expire', session.id)
  tx.emit('checkout.session.completed', done)
  return tx.save(done, hidden)
}
