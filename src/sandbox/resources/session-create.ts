import type Stripe from 'stripe'
import { automaticTax } from '../billing/invoice.ts'
import type { Card } from '../cards.ts'
import { invalid, notInSandbox } from '../errors.ts'
import type { Method } from '../fees.ts'
import { newId } from '../ids.ts'
import { mergeMetadata } from '../params.ts'
import type { Tx } from '../tx.ts'
import { createLineItems, type LineItem } from './line-items.ts'
import type { Payer } from './payment-methods.ts'
import { reductionsOf, trialEnd } from './recurring-items.ts'
import { priced } from './session-amounts.ts'
import type { IntentData, SessionInput, SubscriptionData } from './session-params.ts'
import { checkMode, expiry, offered } from './session-rules.ts'

/** What a session holds besides what Stripe shows. */
export interface SessionHidden {
  items: LineItem[]
  methods: Method[]
  intent_data: IntentData
  subscription_data?: SubscriptionData
  /** The payment intent of an attempt that has not succeeded yet. */
  intent?: string
  /** An attempt that waits for the payer (3-D Secure, a wallet). */
  waiting?: { payment_method: string; card?: Card; payer: Payer }
}

export async function createSession(tx: Tx, given: SessionInput): Promise<Stripe.Checkout.Session> {
  const mode = given.mode ?? (given.line_items ? 'payment' : undefined)
  if (!mode) throw invalid('Missing required param: mode.', { code: 'parameter_missing', param: 'mode' })
  if (mode === 'setup') throw notInSandbox(`mode=${mode}`, 'mode')
  checkMode(tx, given, mode)
  if (given.ui_mode && given.ui_mode !== 'hosted_page') throw notInSandbox(`ui_mode=${given.ui_mode}`, 'ui_mode')
  if (given.billing_address_collection === 'required') {
    throw notInSandbox('billing_address_collection=required', 'billing_address_collection')
  }
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
  const recurs = mode === 'subscription'
  const trial = trialEnd(tx, given.subscription_data ?? {}, 'subscription_data[trial_end]')
  const [reduction] = await reductionsOf(tx, given.discounts)
  const { items, amounts } = priced(tx, await createLineItems(tx, given.line_items, mode), {
    reduction,
    trial: trial !== undefined,
  })
  const methods = offered(
    items[0]!.currency,
    recurs,
    given.allowed_payment_method_types,
    given.excluded_payment_method_types,
  )
  const invoiced = given.invoice_creation?.enabled ?? false
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
    ...amounts,
    automatic_tax: taxOf(given.automatic_tax?.enabled ?? false),
    billing_address_collection: given.billing_address_collection ?? null,
    branding_settings: branding(given.branding_settings?.display_name ?? new URL(given.success_url).host),
    cancel_url: given.cancel_url ?? null,
    client_reference_id: given.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: tx.seconds,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : recurs || invoiced ? 'always' : (given.customer_creation ?? 'if_required'),
    customer_details: knownEmail ? customerDetails(knownEmail, customer?.name ?? null) : null,
    customer_email: given.customer_email ?? null,
    ...(given.excluded_payment_method_types && { excluded_payment_method_types: given.excluded_payment_method_types }),
    expires_at,
    integration_identifier: given.integration_identifier ?? null,
    invoice: null,
    invoice_creation: recurs
      ? null
      : {
          enabled: invoiced,
          invoice_data: {
            account_tax_ids: null,
            custom_fields: null,
            description: given.invoice_creation?.invoice_data?.description ?? null,
            footer: null,
            issuer: null,
            metadata: mergeMetadata({}, given.invoice_creation?.invoice_data?.metadata),
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
    payment_method_collection: given.payment_method_collection ?? (recurs ? 'always' : 'if_required'),
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
    ui_mode: 'hosted_page',
    url: `${tx.config.baseUrl}/sandbox/checkout/${id}`,
    wallet_options: null,
  }
  await tx.setTimer('expire', id, expires_at * 1000)
  return tx.insert(session, {
    items,
    methods,
    intent_data: given.payment_intent_data ?? {},
    ...(recurs && { subscription_data: given.subscription_data ?? {} }),
  } satisfies SessionHidden)
}

const taxOf = (enabled: boolean): Stripe.Checkout.Session.AutomaticTax => {
  const { disabled_reason: _, ...tax } = automaticTax(enabled)
  return tax as Stripe.Checkout.Session.AutomaticTax
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
