import type Stripe from 'stripe'
import type { Catalog } from '../../define-catalog.ts'
import type { Locale } from '../../locales.ts'
import { applyPlan } from './apply.ts'
import { findAll } from './found.ts'
import { planOf } from './plan.ts'

/**
 * What `stripe:setup` does about products, prices and the portal, without asking: for the sandbox alone, which has its
 * webhook already. Throws Stripe's errors.
 */
export async function keepAsCatalog(stripe: Stripe, catalog: Catalog, locale: Locale): Promise<void> {
  const steps = planOf(await findAll(stripe, catalog), {
    catalog,
    locale,
    baseUrl: 'http://localhost',
    hasSecret: true,
  })
  await applyPlan({ stripe, locale }, steps, () => {})
}
