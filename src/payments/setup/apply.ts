import Stripe from 'stripe'
import type { Locale } from '../../locales.ts'
import { handledTypes } from '../event-table.ts'
import { PORTAL_MARK } from '../portal.ts'
import { createPrice, createProduct, productId, productWords } from '../stripe-prices.ts'
import { offersOf, type Step } from './plan.ts'
import { offersMark, portalFeatures } from './portal-features.ts'

type StepOf<W extends Step['what']> = Step & { what: W }

interface Applied {
  stripe: Stripe
  locale: Locale
  /** The prices at Stripe by their keys, as far as the plan has come. */
  ids: Map<string, string>
}

/**
 * Does what the plan says, step by step; after each `done` hears of it, with the signing secret where there is a new one.
 * Throws Stripe's errors, and what was done until then stays: another plan goes on from there.
 */
export async function applyPlan(
  { stripe, locale }: Pick<Applied, 'stripe' | 'locale'>,
  steps: Step[],
  done: (step: Step, secret?: string) => void,
): Promise<void> {
  const applied: Applied = { stripe, locale, ids: new Map() }
  for (const step of steps) {
    const secret = await apply(applied, step)
    if (step.act !== 'keep' && step.act !== 'skip') done(step, secret)
    // Only after the new secret is told: Stripe does not tell it again.
    if (step.what === 'webhook' && step.act === 'replace') await stripe.webhookEndpoints.del(step.found!.id)
  }
}

async function apply(applied: Applied, step: Step): Promise<string | undefined> {
  if (step.what === 'price') await applyPrice(applied, step)
  if (step.act === 'keep' || step.act === 'skip') return undefined
  if (step.what === 'product') await applyProduct(applied, step)
  if (step.what === 'old price') await applied.stripe.prices.update(step.old.id, { active: false })
  if (step.what === 'portal') await applyPortal(applied, step)
  return step.what === 'webhook' ? applyWebhook(applied, step) : undefined
}

async function applyProduct({ stripe, locale }: Applied, { act, product }: StepOf<'product'>): Promise<void> {
  if (act === 'create') await createProduct(stripe, product, locale)
  else await stripe.products.update(productId(product.key), { ...productWords(product, locale), active: true })
}

async function applyPrice({ stripe, ids }: Applied, { act, price, holder }: StepOf<'price'>): Promise<void> {
  if (act === 'update') await stripe.prices.update(holder!.id, { active: true })
  const { id } = act === 'create' ? await createPrice(stripe, price, holder?.id) : holder!
  ids.set(price.key, id)
}

async function applyPortal({ stripe, ids }: Applied, { offers, found }: StepOf<'portal'>): Promise<void> {
  const products = offersOf(offers, ids)
  const params = {
    features: portalFeatures(products),
    metadata: { ...PORTAL_MARK, offers: offersMark(products) },
  }
  if (found) await stripe.billingPortal.configurations.update(found.id, params)
  else await stripe.billingPortal.configurations.create(params)
}

async function applyWebhook({ stripe }: Applied, { act, url, found }: StepOf<'webhook'>): Promise<string | undefined> {
  const enabled_events = handledTypes as Stripe.WebhookEndpointCreateParams.EnabledEvent[]
  if (act === 'update') {
    await stripe.webhookEndpoints.update(found!.id, { enabled_events, disabled: false })
    return undefined
  }
  const { secret } = await stripe.webhookEndpoints.create({
    url,
    enabled_events,
    api_version: Stripe.API_VERSION,
    description: 'first-paid-user',
  })
  return secret
}
