import type Stripe from 'stripe'
import { DESCRIPTIONS } from './billing/finalize.ts'
import { type Card, charged, type Decline } from './cards.ts'
import { withChanges } from './checkout-changes.ts'
import { fulfil } from './checkout-outcome.ts'
import { invalid } from './errors.ts'
import type { Method } from './fees.ts'
import { newId } from './ids.ts'
import { attemptPayment } from './payment.ts'
import type { Attempt } from './resources/charges.ts'
import { checkTotal, type LineItem, withAmount } from './resources/line-items.ts'
import { createPaymentIntent, fail, requireAction } from './resources/payment-intents.ts'
import { createPaymentMethod, type Payer } from './resources/payment-methods.ts'
import type { SessionHidden } from './resources/session-create.ts'
import { expireSession } from './resources/sessions.ts'
import type { RequestInfo, Store } from './store.ts'
import type { Row, Tx } from './tx.ts'

/** What somebody does on the hosted page. */

type Session = Stripe.Checkout.Session
type SessionRow = Row<Session, SessionHidden>

export interface Payment {
  /** Not needed when there is nothing to pay. */
  method?: Method
  /** With the method card. */
  card?: Card
  payer: Payer
  /** With a price that lets the payer choose. */
  amount?: number
  /** Of the first item whose quantity may be changed. */
  quantity?: number
  promotionCode?: string
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

export const fromTheBrowser = (): RequestInfo => ({ id: newId('req_', 14), idempotency_key: crypto.randomUUID() })

async function payForSession(tx: Tx, sessionId: string, payment: Payment): Promise<Outcome> {
  const row = await lockOpen(tx, sessionId)
  if (!row) return { status: 'closed' }
  const changed = await withChanges(tx, row, payment)
  const { session, hidden } = withChosenAmount(tx, changed, payment.amount)
  if (isFree(session)) return paid(await fulfil(tx, session, hidden, { payer: payment.payer, authenticated: false }))
  if (!payment.method || !hidden.methods.includes(payment.method)) {
    throw invalid(`${payment.method} is not offered in this session.`)
  }
  const method = await createPaymentMethod(tx, payment.method, payment.card, payment.payer)
  const given = { ...payment, method, authenticated: false }
  const waits = payment.method !== 'card' || payment.card?.behaviour.authenticate || asksAlways(session)
  if (!waits) return attempt(tx, session, hidden, given)

  const redirect = authenticationUrl(tx, session)
  // A trial costs nothing yet: there is no payment to wait for, only the card's consent.
  const intent = session.amount_total ? await intentOf(tx, session, hidden) : undefined
  if (intent) await requireAction(tx, intent, payment.method, redirect)
  const waiting = { payment_method: method.id, payer: payment.payer, ...(payment.card && { card: payment.card }) }
  await tx.save(session, { ...hidden, ...(intent && { intent: intent.id }), waiting })
  return { status: 'requires_action', redirect }
}

/** Nothing to pay now, and nothing that needs a card later. */
export const isFree = (session: Session) =>
  session.amount_total === 0 && (session.mode === 'payment' || session.payment_method_collection === 'if_required')

const asksAlways = ({ payment_method_options: options }: Session) =>
  ['any', 'challenge'].includes(options?.card?.request_three_d_secure ?? '')

async function answerFor(tx: Tx, sessionId: string, agreed: boolean): Promise<Outcome> {
  const row = await lockOpen(tx, sessionId)
  if (!row?.hidden.waiting) return { status: 'closed' }
  const { data: session, hidden } = row
  const { waiting, ...rest } = hidden
  const method = await tx.get<Stripe.PaymentMethod>('payment_method', waiting!.payment_method)
  if (agreed) return attempt(tx, session, rest, { ...waiting!, method, authenticated: true })

  if (hidden.intent) {
    const intent = await tx.get<Stripe.PaymentIntent>('payment_intent', hidden.intent)
    await fail(tx, intent, method, NOT_AUTHENTICATED)
  }
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

function withChosenAmount(
  tx: Tx,
  { data: session, hidden }: Pick<SessionRow, 'data' | 'hidden'>,
  amount: number | undefined,
) {
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
    description: description ?? (hidden.subscription_data ? DESCRIPTIONS.subscription_create! : null),
    metadata: metadata || {},
    methods: hidden.methods,
    receipt_email: receipt_email ?? null,
    statement_descriptor: statement_descriptor ?? null,
    statement_descriptor_suffix: statement_descriptor_suffix ?? null,
  })
}

async function attempt(
  tx: Tx,
  session: Session,
  hidden: SessionHidden,
  given: Omit<Attempt, 'intent'>,
): Promise<Outcome> {
  const due = session.amount_total !== 0
  const card = given.card && (due ? charged(given.card) : given.card)
  const decline = card?.behaviour.decline
  // A subscription's payment begins with its invoice, unless an attempt went before it.
  const intent =
    due && (decline || session.mode === 'payment' || hidden.intent) ? await intentOf(tx, session, hidden) : undefined
  const now = { ...given, ...(card && { card }), ...(intent && { intent }) }
  if (!decline) return paid(await fulfil(tx, session, hidden, now))
  if (intent) await attemptPayment(tx, { ...now, intent })
  await tx.save(session, { ...hidden, ...(intent && { intent: intent.id }) })
  return { status: 'declined', decline }
}

const paid = (done: Session): Outcome => ({
  status: 'paid',
  redirect: done.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', done.id),
})

const authenticationUrl = (tx: Tx, session: Session) =>
  `${tx.config.baseUrl}/sandbox/checkout/${session.id}/authenticate`

const NOT_AUTHENTICATED: Decline = {
  code: 'payment_intent_authentication_failure',
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
}
