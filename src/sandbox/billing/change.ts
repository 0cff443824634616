import { invalid, notInSandbox } from '../errors.ts'
import type { Price } from '../resources/prices.ts'
import type { Tx } from '../tx.ts'
import { type Reduction, redeem } from './discounts.ts'
import { prorate } from './invoice-items.ts'
import { invoiceNow } from './invoice-now.ts'
import { nextBoundary } from './periods.ts'
import { LIVE, periodEnd, updateSubscription } from './state.ts'
import { cancellation, planOf, subscriptionItem } from './subscribe.ts'
import type { Item, Subscription } from './types.ts'

export interface ItemChange {
  id?: string
  price?: Price
  quantity?: number
  metadata?: Record<string, string>
  deleted?: boolean
}

export interface Change {
  items?: ItemChange[]
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  proration_date?: number
  /** A refused payment refuses the change. */
  error_if_incomplete?: boolean
  cancel_at_period_end?: boolean
  cancel_at?: number | 'min_period_end' | 'max_period_end' | null
  cancellation_details?: { comment?: string | null; feedback?: string | null }
  default_payment_method?: string
  description?: string | null
  metadata?: Record<string, string>
  trial_end?: 'now' | number
  reset_anchor?: boolean
  reductions?: Reduction[]
  automatic_tax?: boolean
}

export async function changeSubscription(tx: Tx, before: Subscription, given: Change): Promise<Subscription> {
  if (!LIVE.includes(before.status) && before.status !== 'incomplete') {
    throw invalid(`A canceled subscription can only update its cancellation_details and metadata.`)
  }
  const plain = await plainChanges(tx, before, given)
  const items = given.items ? changedItems(tx, before, given.items) : before.items.data
  const pairs = pair(before.items.data, items)
  const trial = given.trial_end !== undefined && given.trial_end !== 'now' ? given.trial_end : undefined
  const newCycle = given.reset_anchor || given.trial_end !== undefined || intervalChanged(before, items)
  const inTrial = before.status === 'trialing'
  const behaviour = given.proration_behavior ?? 'create_prorations'

  if (behaviour !== 'none' && !inTrial && before.status !== 'incomplete') {
    const at = given.proration_date ?? tx.seconds
    for (const one of newCycle ? before.items.data.map((item) => ({ before: item, after: undefined })) : pairs) {
      await prorate(tx, before.customer, before.id, { ...one, at })
    }
  }
  const changes: Partial<Subscription> = { ...plain, items: { ...before.items, data: items } }
  if (newCycle && (!inTrial || given.trial_end !== undefined))
    Object.assign(changes, cycleFrom(tx, before, items, trial))
  const after = await updateSubscription(tx, before, changes)
  const costsNow = newCycle && trial === undefined && after.status !== 'trialing'
  if (!costsNow && (behaviour !== 'always_invoice' || !pairs.length || inTrial)) return after
  return invoiceNow(tx, after, costsNow, given.error_if_incomplete ?? false)
}

async function plainChanges(tx: Tx, before: Subscription, given: Change): Promise<Partial<Subscription>> {
  const { default_payment_method, description, metadata, automatic_tax } = given
  return {
    ...(default_payment_method !== undefined && { default_payment_method }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(automatic_tax !== undefined && {
      automatic_tax: {
        disabled_reason: null,
        enabled: automatic_tax,
        liability: automatic_tax ? { type: 'self' as const } : null,
      },
    }),
    ...(given.reductions && { discounts: await newDiscounts(tx, before, given.reductions) }),
    ...ending(tx, before, given),
  }
}

async function newDiscounts(tx: Tx, { id, customer }: Subscription, reductions: Reduction[]): Promise<string[]> {
  const ids: string[] = []
  for (const one of reductions) ids.push((await redeem(tx, one, { customer, subscription: id })).id)
  return ids
}

/** To end later, or after all not. */
function ending(tx: Tx, before: Subscription, given: Change): Partial<Subscription> {
  const details = given.cancellation_details
  const end = periodEnd(before)
  let ends: Partial<Subscription> = {}
  if (given.cancel_at_period_end !== undefined) {
    // What ends at a date of its own is not kept by this.
    if (given.cancel_at_period_end || before.cancel_at_period_end) ends = cancellation(tx, given as object, end)
  } else if (given.cancel_at !== undefined) {
    const cancel_at = typeof given.cancel_at === 'string' ? end : given.cancel_at
    if (cancel_at !== null && cancel_at <= tx.seconds) {
      throw invalid('`cancel_at` must be in the future.', { param: 'cancel_at' })
    }
    ends = cancellation(tx, { cancel_at }, end)
  }
  if (!details) return ends
  return {
    ...ends,
    cancellation_details: { ...before.cancellation_details!, ...ends.cancellation_details, ...details },
  }
}

function changedItems(tx: Tx, before: Subscription, changes: ItemChange[]): Item[] {
  let items = before.items.data
  const { current_period_start: start, current_period_end: end } = items[0]!
  for (const [index, { id, price, quantity, metadata, deleted }] of changes.entries()) {
    const old = items.find((item) => item.id === id)
    if (id && !old)
      throw invalid(`No such subscription_item: '${id}'`, { code: 'resource_missing', param: `items[${index}][id]` })
    if (!id && !price) throw invalid('A new item needs a price.', { param: `items[${index}][price]` })
    if (deleted) items = items.filter((item) => item.id !== id)
    else if (!old) {
      const item = { price: price!, quantity: quantity ?? 1, ...(metadata && { metadata }) }
      items = [...items, subscriptionItem(tx, before.id, item, { start, end })]
    } else {
      const next: Item = {
        ...old,
        ...(price && { price, plan: planOf(price) }),
        ...(quantity !== undefined && { quantity }),
        ...(metadata && { metadata }),
      }
      items = items.map((item) => (item.id === id ? next : item))
    }
  }
  if (!items.length) throw invalid('A subscription must have at least one item.', { param: 'items' })
  if (items.some((item) => item.price.currency !== before.currency)) {
    throw invalid(`The price's currency must be the subscription's, ${before.currency}.`, { param: 'items' })
  }
  const [first] = items
  if (items.some((item) => intervalOf(item) !== intervalOf(first!)))
    throw notInSandbox('items of different intervals', 'items')
  return items
}

const intervalOf = ({ price }: Item) => `${price.recurring!.interval_count} ${price.recurring!.interval}`

const intervalChanged = (before: Subscription, items: Item[]) =>
  intervalOf(before.items.data[0]!) !== intervalOf(items[0]!)

/** Each item that costs something else than before. */
function pair(before: Item[], after: Item[]) {
  const ids = new Set([...before, ...after].map((item) => item.id))
  return [...ids]
    .map((id) => ({ before: before.find((item) => item.id === id), after: after.find((item) => item.id === id) }))
    .filter(({ before, after }) => before?.price.id !== after?.price.id || before?.quantity !== after?.quantity)
}

/** A new cycle, or a trial, begins now. */
function cycleFrom(tx: Tx, before: Subscription, items: Item[], trialEnd: number | undefined): Partial<Subscription> {
  const now = tx.seconds
  if (trialEnd !== undefined && trialEnd <= now)
    throw invalid('`trial_end` must be in the future.', { param: 'trial_end' })
  const data = items.map((item) => ({
    ...item,
    current_period_start: now,
    current_period_end: trialEnd ?? nextBoundary(now, item.price.recurring!, now),
  }))
  return {
    billing_cycle_anchor: trialEnd ?? now,
    items: { ...before.items, data },
    ...(trialEnd !== undefined && {
      status: 'trialing' as const,
      trial_end: trialEnd,
      trial_start: before.trial_start ?? now,
    }),
    ...(trialEnd === undefined && before.status === 'trialing' && { status: 'active' as const, trial_end: now }),
  }
}
