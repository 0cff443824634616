import type Stripe from 'stripe'
import { priceOfKey } from '../catalog.ts'
import { metadataOf } from './metadata.ts'
import { dateOf, expanded, idOf, maybeDate, payerOf, type Reading, type Row } from './reading.ts'

/** Reads a subscription (sub_…) in one call. One that this app did not start has no rows. */
export async function readSubscription(stripe: Stripe, id: string): Promise<Reading> {
  return { id, subscription: subscriptionRow(await stripe.subscriptions.retrieve(id, { expand: subscriptionExpand })) }
}

export const subscriptionExpand = ['customer', 'discounts']

/** Undefined for one that this app did not start. */
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
    status: subscription.status,
    price_key: priceKey ?? null,
    plan: known?.product.plan ?? metadata.plan ?? null,
    quantity,
    amount: discounted((price.unit_amount ?? 0) * quantity, subscription.discounts),
    currency: price.currency,
    every: (price.recurring?.interval ?? 'month') as Row<'subscriptions'>['every'],
    every_count: price.recurring?.interval_count ?? 1,
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

/** What a period costs after the discounts that last, in minor units. One that holds for the first invoice alone is no discount of the next. */
function discounted(amount: number, discounts: (string | Stripe.Discount)[]): number {
  const coupons = discounts.map((discount) => expanded(expanded(discount)?.source.coupon))
  const lasting = coupons.filter((coupon) => coupon && coupon.duration !== 'once')
  const left = lasting.reduce((rest, coupon) => {
    if (coupon?.amount_off) return rest - coupon.amount_off
    return rest - Math.round((rest * (coupon?.percent_off ?? 0)) / 100)
  }, amount)
  return Math.max(0, left)
}
