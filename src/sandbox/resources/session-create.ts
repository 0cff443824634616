import type Stripe from 'stripe'
import type { Card } from '../cards.ts'
import { invalid, notInSandbox } from '../errors.ts'
import type { Method } from '../fees.ts'
import { newId } from '../ids.ts'
import { mergeMetadata } from '../params.ts'
import type { Tx } from '../tx.ts'
import { createLineItems, type LineItem, totalOf } from './line-items.ts'
import type { Payer } from './payment-methods.ts'
import type { IntentData, SessionInput } from './session-params.ts'

/** What a session holds besides what Stripe shows. */
export interface SessionHidden {
  items: LineItem[]
  methods: Method[]
  intent_data: IntentData
  /** The payment intent of an attempt that has not succeeded yet. */
  intent?: string
  /** An attempt that waits for the payer (3-D Secure, a wallet). */
  waiting?: { payment_method: string; card?: Card; payer: Payer }
}

/** Those of an account in Hong Kong. */
const WALLET_CURRENCIES = ['cny', 'hkd']

export async function createSession(tx: Tx, given: SessionInput): Promise<Stripe.Checkout.Session> {
  const mode = given.mode ?? (given.line_items ? 'payment' : undefined)
  if (!mode) throw invalid('Missing required param: mode.', { code: 'parameter_missing', param: 'mode' })
  if (mode !== 'payment') throw notInSandbox(`mode=${mode}`, 'mode')
  if (given.ui_mode && given.ui_mode !== 'hosted_page') throw notInSandbox(`ui_mode=${given.ui_mode}`, 'ui_mode')
  if (given.billing_address_collection === 'required') {
    throw notInSandbox('billing_address_collection=required', 'billing_address_collection')
  }
  if (given.allow_promotion_codes) throw notInSandbox('allow_promotion_codes', 'allow_promotion_codes')
  if (!given.success_url)
    throw invalid('Missing required param: success_url.', { code: 'parameter_missing', param: 'success_url' })
  if (!given.line_items)
    throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  if (given.customer && given.customer_email)
    throw invalid('You may only specify one of these parameters: customer, customer_email.', { param: 'customer' })
  if (given.customer && given.customer_creation)
    throw invalid('You may only specify one of these parameters: customer, customer_creation.', {
      param: 'customer_creation',
    })

  const customer = given.customer ? await tx.named<Stripe.Customer>('customer', given.customer, 'customer') : null
  const items = await createLineItems(tx, given.line_items)
  const methods = offered(items[0]!.currency, given.allowed_payment_method_types, given.excluded_payment_method_types)
  const expires_at = expiry(tx, given.expires_at)
  const knownEmail = given.customer_email ?? customer?.email ?? null
  const id = newId('cs_test_a1', 56)

  const session: Stripe.Checkout.Session = {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: given.adaptive_pricing?.enabled ?? true },
    after_expiration: null,
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount_subtotal: totalOf(items),
    amount_total: totalOf(items),
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: given.billing_address_collection ?? null,
    branding_settings: branding(given.branding_settings?.display_name ?? new URL(given.success_url).host),
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: tx.seconds,
    currency: items[0]!.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : (given.customer_creation ?? 'if_required'),
    customer_details: knownEmail ? customerDetails(knownEmail, customer?.name ?? null) : null,
    customer_email: given.customer_email ?? null,
    discounts: [],
    ...(given.excluded_payment_method_types && { excluded_payment_method_types: given.excluded_payment_method_types }),
    expires_at,
    integration_identifier: given.integration_identifier ?? null,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: given.locale ?? null,
    managed_payments: { enabled: false },
    metadata: mergeMetadata({}, given.metadata),
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {
      ...(methods.includes('card') && {
        card: { request_three_d_secure: given.payment_method_options?.card?.request_three_d_secure ?? 'automatic' },
      }),
      ...(methods.includes('wechat_pay') && { wechat_pay: { app_id: null, client: 'web' } }),
    },
    payment_method_types: methods,
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: given.submit_type ?? null,
    subscription: null,
    success_url: given.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${tx.config.baseUrl}/sandbox/checkout/${id}`,
    wallet_options: null,
  }
  await tx.setTimer('expire', id, expires_at * 1000)
  return tx.insert(session, { items, methods, intent_data: given.payment_intent_data ?? {} } satisfies SessionHidden)
}

/** Cards always; the wallets where they can be paid with. Lists only narrow this, they force nothing. */
function offered(currency: string, allowed: string[] | undefined, excluded: string[] = []): Method[] {
  const all: Method[] = WALLET_CURRENCIES.includes(currency) ? ['card', 'alipay', 'wechat_pay'] : ['card']
  const methods = all.filter((method) => (!allowed || allowed.includes(method)) && !excluded.includes(method))
  if (methods.length) return methods
  throw invalid(
    'No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard.',
    { param: 'allowed_payment_method_types' },
  )
}

function expiry(tx: Tx, asked: number | undefined): number {
  if (asked === undefined) return tx.seconds + 86400
  if (asked < tx.seconds + 30 * 60 - 5)
    throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  if (asked > tx.seconds + 86400 + 5)
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
  return asked
}

export const customerDetails = (email: string, name: string | null): Stripe.Checkout.Session.CustomerDetails => ({
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  business_name: null,
  email,
  individual_name: null,
  name,
  phone: null,
  tax_exempt: 'none',
  tax_ids: [],
})

const branding = (display_name: string): Stripe.Checkout.Session.BrandingSettings => ({
  background_color: '#fbf7f0',
  border_style: 'rounded',
  button_color: '#b8291a',
  display_name,
  font_family: 'default',
  icon: null,
  logo: null,
})
