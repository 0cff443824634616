import Stripe from 'stripe'
import type { Catalog, Price, Product } from '../../define-catalog.ts'
import type { Locale } from '../../locales.ts'
import { handledTypes } from '../event-table.ts'
import { isSame, productId, productWords } from '../stripe-prices.ts'
import type { Found } from './found.ts'
import { isSamePortal, type Offer } from './portal-features.ts'
import { priceText } from './price-text.ts'

export interface Wanted {
  catalog: Catalog
  /** Whose words Stripe's pages show. */
  locale: Locale
  baseUrl: string
  /** Whether the site knows a secret to check webhooks by. */
  hasSecret: boolean
}

type Act = 'create' | 'update' | 'replace' | 'archive' | 'keep' | 'skip'
/** One line of the plan. `why` is for a person to read. */
export type Step = { act: Act; why?: string | undefined } & (
  | { what: 'product'; product: Product }
  | { what: 'price'; price: Price; holder: Stripe.Price | undefined }
  | { what: 'old price'; old: Stripe.Price }
  | { what: 'portal'; offers: Price[]; found: Stripe.BillingPortal.Configuration | undefined }
  | { what: 'webhook'; url: string; found: Stripe.WebhookEndpoint | undefined }
)

/** What to do so that Stripe is as the catalog says, in the order in which it works. Changes nothing. */
export function planOf(found: Found, wanted: Wanted): Step[] {
  const { products } = wanted.catalog
  const prices = products.flatMap((product) => product.prices).map((price) => priceStep(found, price))
  return [
    ...products.map((product) => productStep(found, product, wanted.locale)),
    ...prices,
    portalStep(found, prices),
    ...archives(found, prices),
    ...webhookSteps(found, wanted),
  ]
}

function productStep({ products }: Found, product: Product, locale: Locale): Step {
  const found = products.find(({ id }) => id === productId(product.key))
  const step = { what: 'product', product } as const
  if (!found) return { act: 'create', ...step }
  const words = productWords(product, locale)
  const changed = [
    found.name !== words.name && 'name',
    found.description !== words.description && 'description',
    !found.active && 'active again',
  ].filter(Boolean)
  return changed.length > 0 ? { act: 'update', why: changed.join(', '), ...step } : { act: 'keep', ...step }
}

type PriceStep = Step & { what: 'price' }

function priceStep({ holders }: Found, price: Price): PriceStep {
  const holder = holders.get(price.key)
  const step = { what: 'price', price, holder } as const
  if (!holder) return { act: 'create', ...step }
  if (isSame(holder, price)) {
    return holder.active ? { act: 'keep', ...step } : { act: 'update', why: 'active again', ...step }
  }
  const other = `${holder.id}, ${priceText(holder)}`
  return { act: 'create', why: `takes its lookup key from ${other}`, ...step }
}

/** Whatever else our products were sold at. Stripe's prices never change and never go; those who subscribed keep theirs. */
function archives({ prices }: Found, steps: PriceStep[]): Step[] {
  const stay = new Set(steps.filter(({ act }) => act !== 'create').map(({ holder }) => holder?.id))
  const replaced = new Set(steps.map(({ holder }) => holder?.id))
  return prices
    .filter(({ id }) => !stay.has(id))
    .map((old) => ({
      act: 'archive',
      what: 'old price',
      old,
      why: replaced.has(old.id) ? 'replaced' : 'not in the catalog',
    }))
}

function portalStep({ portal }: Found, steps: PriceStep[]): Step {
  const subscriptions = steps.filter(({ price }) => price.kind === 'subscription')
  const offers = subscriptions.map(({ price }) => price)
  const step = { what: 'portal', offers, found: portal } as const
  if (!portal) return { act: 'create', ...step }
  const isStable = subscriptions.every(({ act }) => act !== 'create')
  const ids = new Map(subscriptions.map(({ price, holder }) => [price.key, holder?.id ?? '']))
  return { act: isStable && isSamePortal(portal, offersOf(offers, ids)) ? 'keep' : 'update', ...step }
}

/** The prices of the catalog by product, as Stripe wants them; `ids` by their keys. */
export function offersOf(prices: Price[], ids: Map<string, string>): Offer[] {
  const products = [...new Set(prices.map(({ product }) => product))]
  return products.map((product) => ({
    product: productId(product.key),
    prices: prices.filter((price) => price.product === product).map(({ key }) => ids.get(key)!),
  }))
}

function webhookSteps({ endpoints }: Found, { baseUrl, hasSecret }: Wanted): Step[] {
  const url = `${baseUrl}/webhooks/stripe`
  const ours = endpoints.filter((endpoint) => endpoint.url === url)
  const found = ours.find(({ api_version }) => api_version === Stripe.API_VERSION) ?? ours[0]
  const step = { what: 'webhook', url, found } as const
  if (!isReachable(baseUrl)) {
    return [{ act: 'skip', why: 'Stripe reaches https addresses only: the site asks it for news instead', ...step }]
  }
  const twins = ours.filter((endpoint) => endpoint !== found)
  return [
    { ...webhookChange(found, hasSecret), ...step },
    ...twins.map((twin) => ({
      act: 'skip' as const,
      what: 'webhook' as const,
      url,
      found: twin,
      why: `${twin.id} has the same address: delete it in Stripe's dashboard, if nobody needs it`,
    })),
  ]
}

function webhookChange(found: Stripe.WebhookEndpoint | undefined, hasSecret: boolean): { act: Act; why?: string } {
  if (!found) return { act: 'create' }
  if (found.api_version !== Stripe.API_VERSION) {
    const version = found.api_version ?? "the account's default"
    return { act: 'replace', why: `its API version is ${version}, and none can be changed` }
  }
  const missing = handledTypes.filter((type) => !found.enabled_events.includes(type))
  const more = found.enabled_events.filter((type) => !handledTypes.includes(type))
  const changed = [
    missing.length > 0 && `told of ${missing.join(', ')}`,
    more.length > 0 && `no longer of ${more.join(', ')}`,
    found.status === 'disabled' && 'enabled again',
  ].filter((text) => typeof text === 'string')
  if (changed.length > 0) return { act: 'update', why: changed.join('; ') }
  return hasSecret
    ? { act: 'keep' }
    : { act: 'keep', why: `STRIPE_WEBHOOK_SECRET is empty: copy it from https://dashboard.stripe.com/webhooks` }
}

function isReachable(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'https:' && hostname !== 'localhost' && !/^(127\.|\[)/.test(hostname)
}
