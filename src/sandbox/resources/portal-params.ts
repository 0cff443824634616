import { z } from 'zod'
import { boolean, metadata, oneOf, optionalText, params, text, url } from '../params.ts'

const list = <T extends z.ZodType>(of: T) => z.union([z.literal('').transform(() => []), z.array(of)])
const proration = oneOf('always_invoice', 'create_prorations', 'none').optional()
const reasons = [
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
] as const

export const features = params(
  {
    customer_update: params({
      allowed_updates: list(oneOf('address', 'email', 'name', 'phone', 'shipping', 'tax_id')).optional(),
      enabled: boolean,
    }).optional(),
    invoice_history: params({ enabled: boolean }).optional(),
    payment_method_update: params({ enabled: boolean }, ['payment_method_configuration']).optional(),
    subscription_cancel: params({
      cancellation_reason: params({ enabled: boolean, options: list(oneOf(...reasons)).optional() }, [
        'feedback_options',
      ]).optional(),
      enabled: boolean,
      mode: oneOf('at_period_end', 'immediately').optional(),
      proration_behavior: proration,
    }).optional(),
    subscription_update: params(
      {
        default_allowed_updates: list(oneOf('price', 'promotion_code', 'quantity')).optional(),
        enabled: boolean,
        products: list(params({ prices: z.array(text()), product: text() }, ['adjustable_quantity'])).optional(),
        proration_behavior: proration,
        trial_update_behavior: oneOf('continue_trial', 'end_trial').optional(),
      },
      ['billing_cycle_anchor', 'schedule_at_period_end'],
    ).optional(),
  },
  ['subscription_pause'],
)
export const shape = {
  business_profile: params({
    headline: optionalText(60).optional(),
    privacy_policy_url: url.optional(),
    terms_of_service_url: url.optional(),
  }).optional(),
  default_return_url: z.union([z.literal('').transform(() => null), url]).optional(),
  login_page: params({ enabled: boolean }).optional(),
  metadata: metadata.optional(),
  name: optionalText().optional(),
}
export const CreateParams = params({ ...shape, features })
export type ConfigurationInput = Omit<z.output<typeof CreateParams>, 'features'> & {
  active?: boolean
  features?: z.output<typeof features>
}
