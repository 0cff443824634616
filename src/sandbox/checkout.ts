import type Stripe from 'stripe'
import type { Card, Decline } from './cards.ts'
import { invalid } from './errors.ts'
import type { Method } from './fees.ts'
import { newId } from './ids.ts'
import { type Attempt, createCharge } from './resources/charges.ts'
import { createCustomer } from './resources/customers.ts'
import { checkTotal, type LineItem, withAmount } from './resources/line-items.ts'
import { createPaymentIntent, fail, requireAction, succeed } from './resources/payment-intents.ts'
import { createPaymentMethod, type Payer } from './resources/payment-methods.ts'
import { customerDetails, type SessionHidden } from './resources/session-create.ts'
import { expireSession } from './resources/sessions.ts'
import { settleCharge } from './settlement.ts'
import type { RequestInfo, Store } from './store.ts'
import type { Row, Tx } from './tx.ts'

/** What somebody does on the hosted page. */

type Session = Stripe.Checkout.Session
type SessionRow = Row<Session, SessionHidden>

export interface Payment {
  method: Method
  /** With the method card. */
  card?: Card
  payer: Payer
  /** With a price that lets the payer choose. */
  amount?: number
}

export type Outcome =
  | { status: 'paid'; redirect: string }
  | { status: 'declined'; decline: Decline }
  | { status: 'requires_action'; redirect: string }
  | { status: 'closed' }

/** Presses the button. */
export const pay = (store: Store, sessionId: string, payment: Payment) =>
  store.write((tx) => payForSession(tx, sessionId, payment), fromTheBrowser())

/** 3-D Secure or the wallet's own page: the payer says yes or no. */
export const authenticate = (store: Store, sessionId: string, agreed: boolean) =>
  store.write((tx) => answerFor(tx, sessionId, agreed), fromTheBrowser())

const fromTheBrowser = (): RequestInfo => ({ id: newId('req_', 14), idempotency_key: crypto.randomUUID() })

async function payForSession(tx: Tx, sessionId: string, payment: Payment): Promise<Outcome> {
  const row = await lockOpen(tx, sessionId)
  if (!row) return { status: 'closed' }
  const { session, hidden } = withChosenAmount(tx, row, payment.amount)
  if (!hidden.methods.includes(payment.method)) throw invalid(`${payment.method} is not offered in this session.`)

  const intent = await intentOf(tx, session, hidden)
  const method = await createPaymentMethod(tx, payment.method, payment.card, payment.payer)
  if (payment.method !== 'card' || payment.card?.behaviour.authenticate || asksAlways(session)) {
    const redirect = authenticationUrl(tx, session)
    await requireAction(tx, intent, payment.method, redirect)
    const waiting = { payment_method: method.id, payer: payment.payer, ...(payment.card && { card: payment.card }) }
    await tx.save(session, { ...hidden, intent: intent.id, waiting })
    return { status: 'requires_action', redirect }
  }
  return attempt(tx, session, { ...hidden, intent: intent.id }, { ...payment, intent, method, authenticated: false })
}

const asksAlways = ({ payment_method_options: options }: Session) =>
  ['any', 'challenge'].includes(options?.card?.request_three_d_secure ?? '')

async function answerFor(tx: Tx, sessionId: string, agreed: boolean): Promise<Outcome> {
  const row = await lockOpen(tx, sessionId)
  if (!row?.hidden.waiting) return { status: 'closed' }
  const { data: session, hidden } = row
  const { waiting, ...rest } = hidden
  const intent = await tx.get<Stripe.PaymentIntent>('payment_intent', hidden.intent!)
  const method = await tx.get<Stripe.PaymentMethod>('payment_method', waiting!.payment_method)
  if (agreed) return attempt(tx, session, rest, { ...waiting!, intent, method, authenticated: true })

  await fail(tx, intent, method, NOT_AUTHENTICATED)
  await tx.save(session, rest)
  return { status: 'declined', decline: NOT_AUTHENTICATED }
}

async function lockOpen(tx: Tx, sessionId: string): Promise<SessionRow | undefined> {
  const row = await tx.lock<Session, SessionHidden>('checkout.session', sessionId, 'session')
  if (row.data.status !== 'open') return undefined
  if (row.data.expires_at > tx.seconds) return row
  await tx.clearTimer('expire', sessionId)
  await expireSession(tx, sessionId)
  return undefined
}

function withChosenAmount(tx: Tx, { data: session, hidden }: SessionRow, amount: number | undefined) {
  const item = hidden.items[0]!
  const bounds = item.price.custom_unit_amount
  if (!bounds) return { session, hidden }
  const chosen = amount ?? bounds.preset ?? 0
  if (chosen < (bounds.minimum ?? 0)) throw invalid('The amount is below the minimum.', { code: 'amount_too_small' })
  if (bounds.maximum !== null && chosen > bounds.maximum)
    throw invalid('The amount is above the maximum.', { code: 'amount_too_large' })
  checkTotal(tx, chosen, item.currency)
  const items: LineItem[] = [withAmount(item, chosen)]
  return { session: { ...session, amount_subtotal: chosen, amount_total: chosen }, hidden: { ...hidden, items } }
}

/** One payment intent for all attempts of a session. */
async function intentOf(tx: Tx, session: Session, hidden: SessionHidden): Promise<Stripe.PaymentIntent> {
  const amount = session.amount_total!
  if (hidden.intent) {
    const intent = await tx.get<Stripe.PaymentIntent>('payment_intent', hidden.intent)
    return tx.save({ ...intent, amount })
  }
  const { metadata, description, receipt_email, statement_descriptor, statement_descriptor_suffix } = hidden.intent_data
  return createPaymentIntent(tx, {
    amount,
    currency: session.currency!,
    customer: session.customer as string | null,
    description: description ?? null,
    metadata: metadata || {},
    methods: hidden.methods,
    receipt_email: receipt_email ?? null,
    statement_descriptor: statement_descriptor ?? null,
    statement_descriptor_suffix: statement_descriptor_suffix ?? null,
  })
}

async function attempt(tx: Tx, session: Session, hidden: SessionHidden, given: Attempt): Promise<Outcome> {
  const decline = given.card?.behaviour.decline
  if (decline) {
    const charge = await createCharge(tx, given)
    await fail(tx, given.intent, given.method, decline, charge)
    tx.emit('charge.failed', charge)
    await tx.save(session, hidden)
    return { status: 'declined', decline }
  }
  const customer = await customerOf(tx, session, given.payer)
  const intent = { ...given.intent, customer }
  const charge = await createCharge(tx, { ...given, intent })
  await succeed(tx, intent, charge)
  tx.emit('charge.succeeded', charge)
  const done = await complete(tx, session, hidden, intent.id, customer, given.payer)

  if (tx.config.settleAfterMs > 0) await tx.setTimer('settle', charge.id, tx.now + tx.config.settleAfterMs)
  else await settleCharge(tx, charge.id)
  return { status: 'paid', redirect: done.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', done.id) }
}

async function customerOf(tx: Tx, session: Session, payer: Payer): Promise<string | null> {
  if (session.customer || session.customer_creation !== 'always') return session.customer as string | null
  return (await createCustomer(tx, { email: payer.email, name: payer.name })).id
}

async function complete(
  tx: Tx,
  session: Session,
  hidden: SessionHidden,
  intent: string,
  customer: string | null,
  payer: Payer,
) {
  const done: Session = {
    ...session,
    customer,
    customer_details: customerDetails(payer.email, payer.name),
    payment_intent: intent,
    payment_status: 'paid',
    status: 'complete',
    url: null,
  }
  await tx.clearTimer('expire', session.id)
  tx.emit('checkout.session.completed', done)
  return tx.save(done, hidden)
}

const authenticationUrl = (tx: Tx, session: Session) =>
  `${tx.config.baseUrl}/sandbox/checkout/${session.id}/authenticate`

const NOT_AUTHENTICATED: Decline = {
  code: 'payment_intent_authentication_failure',
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
}
