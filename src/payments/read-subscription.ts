import type Stripe from 'stripe'
import { priceOfKey } from '../catalog.ts'
import { metadataOf } from './metadata.ts'
import { payingTime } from './paying-time.ts'
import { dateOf, expanded, idOf, maybeDate, payerOf, type Reading, type Row } from './reading.ts'
import { costOf } from './subscription-cost.ts'

export const subscriptionExpand = ['customer', 'discounts.source.coupon', 'latest_invoice']

/** Reads a subscription (sub_…) in one call; one that is unpaid takes a second. One that this app did not start has no rows. */
export async function readSubscription(stripe: Stripe, id: string): Promise<Reading> {
  const subscription = await stripe.subscriptions.retrieve(id, { expand: subscriptionExpand })
  const row = subscriptionRow(subscription)
  return { id, subscription: row && { ...row, ...(await payingTime(stripe, subscription)) } }
}

/** What the object says by itself; undefined for one that this app did not start. */
export function subscriptionRow(subscription: Stripe.Subscription): Row<'subscriptions'> | undefined {
  const metadata = metadataOf(subscription.metadata)
  const [item] = subscription.items.data
  if (!metadata || !item) return undefined

  const { price, quantity = 1 } = item
  // A plan that was switched at Stripe says so by its price; the metadata is from the beginning.
  const priceKey = price.lookup_key ?? metadata.price
  const known = priceOfKey(priceKey)
  const customer = expanded(subscription.customer)
  return {
    id: subscription.id,
    customer_id: idOf(subscription.customer)!,
    email: payerOf(customer && !customer.deleted ? customer.email : null),
    locale: metadata.locale,
    buyer_id: metadata.user ?? null,
    status: subscription.status,
    price_key: priceKey ?? null,
    plan: known?.product.plan ?? metadata.plan ?? null,
    quantity,
    ...costOf(subscription),
    period_start: dateOf(item.current_period_start),
    period_end: dateOf(item.current_period_end),
    trial_end: maybeDate(subscription.trial_end),
    // With flexible billing the portal sets cancel_at, without it cancel_at_period_end.
    ends_at: maybeDate(subscription.cancel_at ?? (subscription.cancel_at_period_end ? item.current_period_end : null)),
    ended_at: maybeDate(subscription.ended_at),
    livemode: subscription.livemode,
    created_at: dateOf(subscription.created),
  }
}
