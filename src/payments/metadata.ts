import type Stripe from 'stripe'
import { z } from 'zod'

/**
 * What our Checkout Sessions carry in the metadata of the PaymentIntent or the Subscription, so that a payment explains
 * itself: what was bought keeps what it opened, whatever the catalog says later. Values are text of at most 500 characters.
 */
export const PaymentMetadata = z.object({
  app: z.literal('first-paid-user'),
  kind: z.enum(['tip', 'purchase', 'pass', 'subscription', 'request']),
  locale: z.string(),
  name: z.string().optional(),
  message: z.string().optional(),
  price: z.string().optional(),
  quantity: z.coerce.number().int().positive().default(1),
  credits: z.coerce.number().int().nonnegative().default(0),
  plan: z.string().optional(),
  days: z.coerce.number().int().positive().optional(),
  request: z.string().optional(),
  /** 'yes' where the payer wants to be named on the supporters' page. */
  wall: z.string().optional(),
  /** Who was signed in when it was begun. */
  user: z.string().optional(),
})
export type PaymentMetadata = z.infer<typeof PaymentMetadata>

/** Of an object that this app did not make: undefined. */
export function metadataOf(metadata: Stripe.Metadata | null | undefined): PaymentMetadata | undefined {
  return PaymentMetadata.safeParse(metadata ?? {}).data
}

export function asMetadata(facts: z.input<typeof PaymentMetadata>): Stripe.MetadataParam {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(known.map(([key, value]) => [key, String(value)]))
}
