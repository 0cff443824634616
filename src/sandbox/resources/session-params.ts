import { z } from 'zod'
import { boolean, currency, email, integer, metadata, oneOf, params, text, url } from '../params.ts'
import { lineItem } from './line-items.ts'
import { discounts, trialSettings } from './recurring-items.ts'

const later = [
  'after_expiration',
  'consent_collection',
  'custom_fields',
  'custom_text',
  'customer_account',
  'customer_update',
  'managed_payments',
  'name_collection',
  'optional_items',
  'origin_context',
  'payment_method_configuration',
  'payment_method_data',
  'permissions',
  'phone_number_collection',
  'redirect_on_completion',
  'return_url',
  'saved_payment_method_options',
  'setup_intent_data',
  'shipping_address_collection',
  'shipping_options',
  'tax_id_collection',
  'wallet_options',
]

const IntentDataParams = params(
  {
    capture_method: oneOf('automatic_async', 'automatic').optional(),
    description: text(1000).optional(),
    metadata: metadata.optional(),
    receipt_email: email.optional(),
    statement_descriptor: text(22).optional(),
    statement_descriptor_suffix: text(22).optional(),
  },
  ['application_fee_amount', 'on_behalf_of', 'setup_future_usage', 'shipping', 'transfer_data', 'transfer_group'],
)

const SubscriptionDataParams = params(
  {
    billing_mode: params({ type: oneOf('flexible') }, ['flexible']).optional(),
    description: text(500).optional(),
    metadata: metadata.optional(),
    proration_behavior: oneOf('create_prorations', 'none').optional(),
    trial_end: integer().optional(),
    trial_period_days: integer({ min: 1, max: 1825 }).optional(),
    trial_settings: trialSettings.optional(),
  },
  [
    'application_fee_percent',
    'billing_cycle_anchor',
    'billing_cycle_anchor_config',
    'default_tax_rates',
    'invoice_settings',
    'on_behalf_of',
    'pending_invoice_item_interval',
    'transfer_data',
  ],
)
export type SubscriptionData = z.output<typeof SubscriptionDataParams>

const InvoiceCreationParams = params({
  enabled: boolean,
  invoice_data: params({ description: text(1500).optional(), metadata: metadata.optional() }, [
    'account_tax_ids',
    'custom_fields',
    'footer',
    'issuer',
    'rendering_options',
  ]).optional(),
})

export type IntentData = z.output<typeof IntentDataParams>

const LOCALES = [
  'auto',
  'bg',
  'cs',
  'da',
  'de',
  'el',
  'en',
  'en-GB',
  'es',
  'es-419',
  'et',
  'fi',
  'fil',
  'fr',
  'fr-CA',
  'hr',
  'hu',
  'id',
  'it',
  'ja',
  'ko',
  'lt',
  'lv',
  'ms',
  'mt',
  'nb',
  'nl',
  'pl',
  'pt',
  'pt-BR',
  'ro',
  'ru',
  'sk',
  'sl',
  'sv',
  'th',
  'tr',
  'vi',
  'zh',
  'zh-HK',
  'zh-TW',
] as const

const methodNames = z.array(text()).optional()
const KnownParams = params(
  {
    adaptive_pricing: z.strictObject({ enabled: boolean.optional() }).optional(),
    allow_promotion_codes: boolean.optional(),
    allowed_payment_method_types: methodNames,
    automatic_tax: params({ enabled: boolean }, ['liability']).optional(),
    billing_address_collection: oneOf('auto', 'required').optional(),
    branding_settings: params({ display_name: text().optional() }, [
      'background_color',
      'border_style',
      'button_color',
      'font_family',
      'icon',
      'logo',
    ]).optional(),
    cancel_url: url.optional(),
    client_reference_id: text(200).optional(),
    currency: currency.optional(),
    customer: text().optional(),
    customer_creation: oneOf('always', 'if_required').optional(),
    customer_email: email.optional(),
    discounts: discounts.optional(),
    excluded_payment_method_types: methodNames,
    expires_at: integer().optional(),
    integration_identifier: text().optional(),
    invoice_creation: InvoiceCreationParams.optional(),
    line_items: z.array(lineItem).min(1).max(100).optional(),
    locale: oneOf(...LOCALES).optional(),
    metadata: metadata.optional(),
    mode: oneOf('payment', 'setup', 'subscription').optional(),
    payment_intent_data: IntentDataParams.optional(),
    payment_method_collection: oneOf('always', 'if_required').optional(),
    payment_method_options: params({
      card: params({ request_three_d_secure: oneOf('any', 'automatic', 'challenge').optional() }, [
        'capture_method',
        'installments',
        'restrictions',
        'setup_future_usage',
      ]).optional(),
      alipay: params({}, ['setup_future_usage']).optional(),
      wechat_pay: params({ client: oneOf('web') }, ['app_id', 'setup_future_usage']).optional(),
    }).optional(),
    submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe').optional(),
    subscription_data: SubscriptionDataParams.optional(),
    success_url: url.optional(),
    ui_mode: oneOf('elements', 'embedded_page', 'form', 'hosted_page').optional(),
  },
  later,
)

/** Since endive `payment_method_types` is no more, and Stripe says so by name. */
export const SessionParams = z
  .looseObject({})
  .superRefine((given, context) => {
    if (!('payment_method_types' in given)) return
    context.addIssue({
      code: 'custom',
      path: ['payment_method_types'],
      message:
        'The parameter `payment_method_types` is no longer supported in this API version. Use dynamic payment methods, and `allowed_payment_method_types` to narrow them.',
      params: { code: 'payment_method_types_no_longer_supported' },
    })
  })
  .pipe(KnownParams)
export type SessionInput = z.output<typeof SessionParams>
