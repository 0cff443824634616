import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Price } from '../define-catalog.ts'
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
  const current = await currentPrice(stripe, price.key)
  if (current && isSame(current, price)) return current.id
  await ensureProduct(stripe, price, locale)
  const made = await createPrice(stripe, price, current?.id)
  if (current) await stripe.prices.update(current.id, { active: false })
  return made.id
}

/** The active price of a lookup key. */
export async function currentPrice(stripe: Stripe, key: string): Promise<Stripe.Price | undefined> {
  return (await stripe.prices.list({ lookup_keys: [key], active: true, limit: 1 })).data[0]
}

/** Whether Stripe's price is what the catalog says. */
export function isSame(current: Stripe.Price, { money, every }: Price): boolean {
  const { unit_amount, currency, recurring } = current
  const interval = recurring ? `${recurring.interval_count} ${recurring.interval}` : undefined
  return unit_amount === money.amount && currency === money.currency && interval === (every && `1 ${every}`)
}

export async function ensureProduct(stripe: Stripe, { product }: Price, locale: Locale): Promise<void> {
  const id = productId(product.key)
  try {
    await stripe.products.retrieve(id)
  } catch (error) {
    if (!isMissing(error)) throw error
    const params = { id, name: product.name[locale], description: product.description[locale] }
    await stripe.products.create(params, { idempotencyKey: keyOf('product', id, params) })
  }
}

export function productId(key: string): string {
  return `first-paid-user-${key}`
}

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
function keyOf(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
