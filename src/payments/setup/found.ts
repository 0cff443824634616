import type Stripe from 'stripe'
import type { Catalog } from '../../define-catalog.ts'
import { ownPortal } from '../portal.ts'
import { holderOf, OURS } from '../stripe-prices.ts'

/** What is at Stripe now, as far as it is any business of ours. */
export interface Found {
  /** Ours, archived ones too. */
  products: Stripe.Product[]
  /** The active prices of our products. */
  prices: Stripe.Price[]
  /** Whoever has a lookup key of the catalog by now. */
  holders: Map<string, Stripe.Price>
  endpoints: Stripe.WebhookEndpoint[]
  portal: Stripe.BillingPortal.Configuration | undefined
  /** The currencies in which the account holds money. */
  settlements: string[]
}

/** Reads and changes nothing. Throws Stripe's errors. */
export async function findAll(stripe: Stripe, catalog: Catalog): Promise<Found> {
  const products = (await all(stripe.products.list({ limit: 100 }))).filter(({ id }) => id.startsWith(OURS))
  const prices: Stripe.Price[] = []
  for (const { id } of products)
    prices.push(...(await all(stripe.prices.list({ product: id, active: true, limit: 100 }))))
  const holders = new Map<string, Stripe.Price>()
  for (const { key } of catalog.products.flatMap((product) => product.prices)) {
    const holder = await holderOf(stripe, key)
    if (holder) holders.set(key, holder)
  }
  return {
    products,
    prices,
    holders,
    endpoints: await all(stripe.webhookEndpoints.list({ limit: 100 })),
    portal: await ownPortal(stripe),
    settlements: (await stripe.balance.retrieve()).available.map(({ currency }) => currency),
  }
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}
