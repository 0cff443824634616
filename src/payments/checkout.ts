import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Money } from '../money.ts'
import type { Locale } from '../ui/i18n.ts'
import type { PaymentMetadata } from './read-payment.ts'

/** What the customer is about to pay for. The server alone decides the amount. */
export interface Order {
  kind: PaymentMetadata['kind']
  /** Shown at Stripe, on the receipt and in the books. */
  description: string
  price: Money
  name?: string | undefined
  message?: string | undefined
  locale: Locale
  /** Where somebody who does not pay comes back to. */
  cancelPath: string
  /** From the form that was sent. The same form sent twice, by a double click, makes one session. */
  requestId: string
}

export interface CheckoutDeps {
  stripe: Stripe
  config: Pick<Config, 'baseUrl'>
}

/**
 * Creates a Checkout Session and returns the address of its page at Stripe. Throws Stripe's errors.
 * https://docs.stripe.com/api/checkout/sessions/create
 */
export async function createCheckout({ stripe, config }: CheckoutDeps, order: Order): Promise<string> {
  const params = sessionParams(config.baseUrl, order)
  const session = await stripe.checkout.sessions.create(params, {
    idempotencyKey: idempotencyKey(order.requestId, params),
  })
  // A replayed answer has the address even when the session is done by now; Stripe's page says so.
  if (!session.url) throw new Error(`${session.id} has no page`)
  return session.url
}

function sessionParams(baseUrl: string, order: Order): Stripe.Checkout.SessionCreateParams {
  const metadata: PaymentMetadata & Stripe.MetadataParam = {
    app: 'first-paid-user',
    kind: order.kind,
    locale: order.locale,
    ...(order.name && { name: order.name }),
    ...(order.message && { message: order.message }),
  }
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: order.price.currency,
          unit_amount: order.price.amount,
          product_data: { name: order.description },
        },
      },
    ],
    submit_type: 'pay',
    locale: order.locale === 'zh-CN' ? 'zh' : 'en',
    // Otherwise Stripe offers foreigners the amount in their own currency, and books the difference.
    adaptive_pricing: { enabled: false },
    // A session's metadata does not reach its PaymentIntent by itself.
    metadata,
    payment_intent_data: { description: order.description, metadata },
    success_url: `${baseUrl}/thanks?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: baseUrl + order.cancelPath,
  }
}

/** Stripe refuses a key that comes again with other parameters, so a form sent again with another amount gets a key of its own. */
function idempotencyKey(requestId: string, params: object): string {
  return createHash('sha256').update(requestId).update(JSON.stringify(params)).digest('base64url')
}
