import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Price } from '../define-catalog.ts'
import type { Money } from '../money.ts'
import type { Locale } from '../ui/i18n.ts'
import { asMetadata } from './metadata.ts'
import { stripePriceId } from './stripe-prices.ts'

/** What the customer is about to pay for. The server alone decides the amount. */
export type Order = OrderBase & (Amount | CatalogItem)

interface OrderBase {
  locale: Locale
  /** Where somebody who does not pay comes back to. */
  cancelPath: string
  /** From the form that was sent. The same form sent twice, by a double click, makes one session. */
  requestId: string
  /** Who pays, where we know it: their Stripe customer, or the address to begin with. */
  customerId?: string | undefined
  email?: string | undefined
  /** Who is signed in: then it is theirs, whatever address they write at Stripe. */
  userId?: string | undefined
}

/** An amount of its own: a tip, a payment request. */
interface Amount {
  kind: 'tip' | 'request'
  /** Shown at Stripe, on the receipt and in the books. */
  description: string
  money: Money
  name?: string | undefined
  message?: string | undefined
  /** They want to be named on the supporters' page. */
  onWall?: boolean | undefined
  /** The payment request that is paid. Its page is for whoever has the link: Stripe shows it in their browser's language. */
  request?: string | undefined
  /** When the page at Stripe closes: 30 minutes to 24 hours from now; a day where nothing is said. */
  expiresAt?: Date | undefined
}

interface CatalogItem {
  kind: 'catalog'
  price: Price
  quantity: number
  /** Whether the price's trial, if it has one, is still theirs. */
  trial: boolean
}

export interface CheckoutDeps {
  stripe: Stripe
  config: Pick<Config, 'baseUrl' | 'locale'>
}

/**
 * Creates a Checkout Session and returns it with the address of its page at Stripe. Throws Stripe's errors.
 * https://docs.stripe.com/api/checkout/sessions/create
 */
export async function createCheckout(deps: CheckoutDeps, order: Order): Promise<{ id: string; url: string }> {
  const what = order.kind === 'catalog' ? await itemParams(deps, order) : amountParams(order)
  const params = { ...commonParams(deps.config.baseUrl, order), ...what }
  const session = await deps.stripe.checkout.sessions.create(params, {
    idempotencyKey: idempotencyKey(order.requestId, params),
  })
  // A replayed answer has the address even when the session is done by now; Stripe's page says so.
  if (!session.url) throw new Error(`${session.id} has no page`)
  return { id: session.id, url: session.url }
}

function commonParams(
  baseUrl: string,
  { locale, cancelPath, customerId, email }: OrderBase,
): Stripe.Checkout.SessionCreateParams {
  return {
    locale: locale === 'zh-CN' ? 'zh' : 'en',
    // Otherwise Stripe offers foreigners the amount in their own currency, and books the difference.
    adaptive_pricing: { enabled: false },
    success_url: `${baseUrl}/thanks?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: baseUrl + cancelPath,
    ...(customerId ? { customer: customerId } : email && { customer_email: email }),
  }
}

function amountParams(order: Amount & OrderBase): Stripe.Checkout.SessionCreateParams {
  const { kind, description, money, name, message, onWall, request, expiresAt, locale, userId: user } = order
  const wall = onWall ? 'yes' : undefined
  const { currency, amount: unit_amount } = money
  return {
    mode: 'payment',
    submit_type: 'pay',
    ...(request && { locale: 'auto' }),
    ...(expiresAt && { expires_at: Math.ceil(expiresAt.getTime() / 1000) }),
    line_items: [{ quantity: 1, price_data: { currency, unit_amount, product_data: { name: description } } }],
    ...paymentData(
      description,
      asMetadata({ app: 'first-paid-user', kind, locale, name, message, wall, request, user }),
    ),
  }
}

async function itemParams(
  { stripe, config }: CheckoutDeps,
  order: CatalogItem & OrderBase,
): Promise<Stripe.Checkout.SessionCreateParams> {
  const { price, quantity, locale } = order
  const { product, kind, key, credits, days, trialDays } = price
  const metadata = asMetadata({
    app: 'first-paid-user',
    kind,
    locale,
    price: key,
    quantity,
    credits: credits * quantity,
    plan: product.plan,
    days: days && days * quantity,
    user: order.userId,
  })
  const { promotionCodes, automaticTax, invoices } = catalog.checkout
  const switches: Stripe.Checkout.SessionCreateParams = {
    line_items: [{ price: await stripePriceId(stripe, price, config.locale), quantity }],
    ...(promotionCodes && { allow_promotion_codes: true }),
    ...(automaticTax && { automatic_tax: { enabled: true } }),
  }
  if (kind === 'subscription') {
    const trial = trialDays && order.trial ? { trial_period_days: trialDays } : {}
    return { mode: 'subscription', ...switches, metadata, subscription_data: { metadata, ...trial } }
  }
  return {
    mode: 'payment',
    ...switches,
    ...(invoices && { invoice_creation: { enabled: true } }),
    ...(!order.customerId && { customer_creation: 'always' }),
    ...paymentData(describe(price, locale), metadata),
  }
}

/** "提问 · 一次提问": what a price is called, in the reader's language. */
export function describe({ product, label }: Price, locale: Locale): string {
  return [product.name[locale], label?.[locale]].filter(Boolean).join(' · ')
}

// A session's metadata does not reach its PaymentIntent by itself.
function paymentData(description: string, metadata: Stripe.MetadataParam): Stripe.Checkout.SessionCreateParams {
  return { metadata, payment_intent_data: { description, metadata } }
}

/** Stripe refuses a key that comes again with other parameters, so a form sent again with another amount gets a key of its own. */
function idempotencyKey(requestId: string, params: object): string {
  return createHash('sha256').update(requestId).update(JSON.stringify(params)).digest('base64url')
}
