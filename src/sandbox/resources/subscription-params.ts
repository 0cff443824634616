import { z } from 'zod'
import { boolean, integer, metadata, oneOf, optionalText, params, text } from '../params.ts'
import {
  changedItems,
  discounts,
  newItems,
  paymentBehavior,
  prorationBehavior,
  trialSettings,
} from './recurring-items.ts'

const cancelAt = z.union([oneOf('min_period_end', 'max_period_end'), integer()])
export const cancellationDetails = params(
  {
    comment: optionalText().optional(),
    feedback: z
      .union([
        z.literal('').transform(() => null),
        oneOf(
          'customer_service',
          'low_quality',
          'missing_features',
          'other',
          'switched_service',
          'too_complex',
          'too_expensive',
          'unused',
        ),
      ])
      .optional(),
  },
  ['feedback_option'],
)
const shape = {
  automatic_tax: params({ enabled: boolean }, ['liability']).optional(),
  cancel_at_period_end: boolean.optional(),
  collection_method: oneOf('charge_automatically').optional(),
  default_payment_method: text().optional(),
  description: optionalText(500).optional(),
  discounts: discounts.optional(),
  metadata: metadata.optional(),
  off_session: boolean.optional(),
  payment_behavior: paymentBehavior,
  payment_settings: params({ save_default_payment_method: oneOf('off', 'on_subscription').optional() }, [
    'payment_method_options',
    'payment_method_types',
  ]).optional(),
  proration_behavior: prorationBehavior,
  trial_settings: trialSettings.optional(),
}
const later = [
  'add_invoice_items',
  'application_fee_percent',
  'billing_schedules',
  'billing_thresholds',
  'days_until_due',
  'default_source',
  'default_tax_rates',
  'invoice_settings',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
  'trial_from_plan',
]
export const CreateParams = params(
  {
    ...shape,
    billing_mode: params({ type: oneOf('flexible') }, ['flexible']).optional(),
    cancel_at: cancelAt.optional(),
    currency: text().optional(),
    customer: text(),
    items: newItems,
    trial_end: z.union([oneOf('now'), integer()]).optional(),
    trial_period_days: integer({ min: 1, max: 1825 }).optional(),
  },
  [...later, 'backdate_start_date', 'billing_cycle_anchor', 'billing_cycle_anchor_config', 'customer_account'],
)
export const UpdateParams = params(
  {
    ...shape,
    billing_cycle_anchor: params({ type: oneOf('now', 'unchanged') }).optional(),
    cancel_at: z.union([z.literal('').transform(() => null), cancelAt]).optional(),
    cancellation_details: cancellationDetails.optional(),
    items: changedItems.optional(),
    proration_date: integer().optional(),
    trial_end: z.union([oneOf('now'), integer()]).optional(),
  },
  [...later, 'pause_collection'],
)
