import type Stripe from 'stripe'
import { keyOf } from '../stripe-prices.ts'

/** A product of the catalog with the ids of the prices between which its subscribers may switch. */
export interface Offer {
  product: string
  prices: string[]
}

/** What a customer may do at Stripe's portal. */
export function portalFeatures(offers: Offer[]) {
  return {
    payment_method_update: { enabled: true },
    invoice_history: { enabled: true },
    customer_update: { enabled: true, allowed_updates: ['address' as const, 'tax_id' as const] },
    subscription_cancel: { enabled: true, mode: 'at_period_end' as const },
    subscription_update: {
      enabled: offers.length > 0,
      ...(offers.length > 0 && {
        default_allowed_updates: ['price' as const],
        proration_behavior: 'create_prorations' as const,
        products: offers,
      }),
    },
  } satisfies Stripe.BillingPortal.ConfigurationCreateParams.Features
}

/** Stripe does not tell the products of a configuration, so their fingerprint stands in its metadata. */
export function offersMark(offers: Offer[]): string {
  return keyOf(offers)
}

/** Whether Stripe's configuration is what it should be. */
export function isSamePortal(found: Stripe.BillingPortal.Configuration, offers: Offer[]): boolean {
  const { subscription_update, ...features } = portalFeatures(offers)
  const { products: _, ...update } = { products: undefined, ...subscription_update }
  return (
    found.metadata?.offers === offersMark(offers) &&
    covers(found.features, { ...features, subscription_update: update })
  )
}

/** Whether everything that is wanted is there; what else is there does not matter. */
function covers(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(found) && found.length === wanted.length && wanted.every((one) => found.includes(one))
  }
  if (typeof wanted !== 'object' || wanted === null) return found === wanted
  if (typeof found !== 'object' || found === null) return false
  return Object.entries(wanted).every(([key, value]) => covers((found as Record<string, unknown>)[key], value))
}
