import type Stripe from 'stripe'

/** How the portal's configuration that is ours is known among an account's. */
export const PORTAL_MARK = { app: 'first-paid-user' }

/**
 * Our configuration of Stripe's customer portal; undefined before `stripe:setup` has made it. Throws Stripe's errors.
 * We make our own and leave the account's default alone: another site of the same account may live by that one, an account
 * that never saved its portal's settings has none, and the API can't make one.
 * https://docs.stripe.com/api/customer_portal/configurations
 */
export async function ownPortal(stripe: Stripe): Promise<Stripe.BillingPortal.Configuration | undefined> {
  for await (const one of stripe.billingPortal.configurations.list({ active: true, limit: 100 })) {
    if (one.metadata?.app === PORTAL_MARK.app) return one
  }
  return undefined
}
