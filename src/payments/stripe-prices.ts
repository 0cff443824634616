import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Price, Product } from '../define-catalog.ts'
import type { Locale } from '../locales.ts'
import { isMissing } from './stripe.ts'

/**
 * The id of the Price at Stripe that stands for a catalog price, found by its lookup key, and made where there is none or
 * where the amount has changed (Stripe's prices never change: the old one is archived). Throws Stripe's errors.
 * https://docs.stripe.com/products-prices/manage-prices#lookup-keys
 */
export async function stripePriceId(stripe: Stripe, price: Price, locale: Locale): Promise<string> {
  const known = idsOf(stripe)
  const kept = known.get(price.key) ?? ensurePrice(stripe, price, locale)
  known.set(price.key, kept)
  // A failure is not kept: the next customer tries again.
  kept.catch(() => known.delete(price.key))
  return kept
}

const ids = new WeakMap<Stripe, Map<string, Promise<string>>>()
function idsOf(stripe: Stripe): Map<string, Promise<string>> {
  const found = ids.get(stripe) ?? new Map<string, Promise<string>>()
  ids.set(stripe, found)
  return found
}

async function ensurePrice(stripe: Stripe, price: Price, locale: Locale): Promise<string> {
  const holder = await holderOf(stripe, price.key)
  if (holder && isSame(holder, price)) {
    if (!holder.active) await stripe.prices.update(holder.id, { active: true })
    return holder.id
  }
  await ensureProduct(stripe, price, locale)
  const made = await createPrice(stripe, price, holder?.id)
  if (holder?.active && isOurs(holder)) await stripe.prices.update(holder.id, { active: false })
  return made.id
}

/** The price at Stripe that has a lookup key: the active one, else an archived one. */
export async function holderOf(stripe: Stripe, key: string): Promise<Stripe.Price | undefined> {
  const { data } = await stripe.prices.list({ lookup_keys: [key], limit: 10 })
  return data.find(({ active }) => active) ?? data[0]
}

/** Whether Stripe's price is what the catalog says, archived or not. */
export function isSame(current: Stripe.Price, { money, every, product }: Price): boolean {
  const { unit_amount, currency, recurring } = current
  const interval = recurring ? `${recurring.interval_count} ${recurring.interval}` : undefined
  const isSameAmount = unit_amount === money.amount && currency === money.currency
  return isSameAmount && interval === (every && `1 ${every}`) && productOf(current) === productId(product.key)
}

/** A price of a product of ours. Of anybody else's we archive nothing. */
function isOurs(price: Stripe.Price): boolean {
  return productOf(price).startsWith(OURS)
}

function productOf({ product }: Stripe.Price): string {
  return typeof product === 'string' ? product : product.id
}

async function ensureProduct(stripe: Stripe, { product }: Price, locale: Locale): Promise<void> {
  const id = productId(product.key)
  try {
    await stripe.products.retrieve(id)
  } catch (error) {
    if (!isMissing(error)) throw error
    await createProduct(stripe, product, locale)
  }
}

export function createProduct(stripe: Stripe, product: Product, locale: Locale): Promise<Stripe.Product> {
  const params = { id: productId(product.key), ...productWords(product, locale) }
  return stripe.products.create(params, { idempotencyKey: keyOf('product', params.id, params) })
}

/** What Stripe's pages and receipts call it. */
export function productWords({ name, description }: Product, locale: Locale): { name: string; description: string } {
  return { name: name[locale], description: description[locale] }
}

/** The beginning of every product's id that is ours. */
export const OURS = 'first-paid-user-'

export function productId(key: string): string {
  return OURS + key
}

/** `replaces` is the price that has the lookup key by now: it loses it. */
export function createPrice(stripe: Stripe, price: Price, replaces: string | undefined): Promise<Stripe.Price> {
  const params: Stripe.PriceCreateParams = {
    product: productId(price.product.key),
    currency: price.money.currency,
    unit_amount: price.money.amount,
    lookup_key: price.key,
    transfer_lookup_key: true,
    ...(price.every && { recurring: { interval: price.every } }),
  }
  return stripe.prices.create(params, { idempotencyKey: keyOf('price', replaces ?? '', params) })
}

// Two processes that make the same thing at once get the same thing.
export function keyOf(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
