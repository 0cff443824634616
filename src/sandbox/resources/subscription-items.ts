import { changeSubscription } from '../billing/change.ts'
import { lockSubscription } from '../billing/state.ts'
import type { Item, Subscription } from '../billing/types.ts'
import { missing } from '../errors.ts'
import { integer, mergeMetadata, page, params, text } from '../params.ts'
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { itemLater, itemShape, paymentBehavior, prorationBehavior, recurringPrice } from './recurring-items.ts'

const how = {
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: integer().optional(),
}

export const subscriptionItems: Route[] = [
  get('/subscription_items', params({ ...page, subscription: text() }), async (tx, given) => {
    const { items } = await tx.named<Subscription>('subscription', given.subscription, 'subscription')
    return items
  }),
  get('/subscription_items/:id', params({}), async (tx, _, id) => (await holderOf(tx, id)).item),
  post(
    '/subscription_items',
    params({ ...itemShape, ...how, subscription: text() }, itemLater),
    async (tx, { subscription: id, price: _, price_data: __, quantity, metadata, ...rest }) => {
      const before = await lockSubscription(tx, id)
      const price = await recurringPrice(tx, { ...(_ && { price: _ }), ...(__ && { price_data: __ }) }, 'price')
      const known = new Set(before.items.data.map((item) => item.id))
      const item = { ...(price && { price }), ...(quantity !== undefined && { quantity }), metadata: metadata || {} }
      const after = await changeSubscription(tx, before, { ...withError(rest), items: [item] })
      return after.items.data.find((one) => !known.has(one.id))!
    },
  ),
  post('/subscription_items/:id', params({ ...itemShape, ...how }, itemLater), async (tx, given, id) => {
    const { subscription, item } = await holderOf(tx, id)
    const { price: name, price_data, quantity, metadata, ...rest } = given
    const price = await recurringPrice(tx, { ...(name && { price: name }), ...(price_data && { price_data }) }, 'price')
    const change = {
      id,
      ...(price && { price }),
      ...(quantity !== undefined && { quantity }),
      ...(metadata !== undefined && { metadata: mergeMetadata(item.metadata, metadata) }),
    }
    const after = await changeSubscription(tx, subscription, { ...withError(rest), items: [change] })
    return after.items.data.find((one) => one.id === id)!
  }),
  del('/subscription_items/:id', params(how, ['clear_usage']), async (tx, given, id) => {
    const { subscription } = await holderOf(tx, id)
    await changeSubscription(tx, subscription, { ...withError(given), items: [{ id, deleted: true }] })
    return { id, object: 'subscription_item', deleted: true }
  }),
]

const withError = <T extends { payment_behavior?: string }>({ payment_behavior, ...rest }: T) => ({
  ...rest,
  error_if_incomplete: payment_behavior === 'error_if_incomplete',
})

/** An item lives in its subscription. */
async function holderOf(tx: Tx, id: string): Promise<{ subscription: Subscription; item: Item }> {
  const { data } = await tx.list<Subscription>('subscription', '', { limit: 1 }, [
    [`exists (select from json_array_elements(data->'items'->'data') item where item->>'id' = ?)`, id],
  ])
  if (!data[0]) throw missing('subscription_item', id)
  const subscription = await lockSubscription(tx, data[0].id)
  return { subscription, item: subscription.items.data.find((item) => item.id === id)! }
}
