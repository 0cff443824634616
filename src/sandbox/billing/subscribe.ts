import { newId } from '../ids.ts'
import type { Price } from '../resources/prices.ts'
import type { Tx } from '../tx.ts'
import { type Reduction, redeem } from './discounts.ts'
import { createInvoice } from './invoice.ts'
import { pendingItems } from './invoice-items.ts'
import { type Draft, itemLines } from './lines.ts'
import { HOUR, nextBoundary } from './periods.ts'
import { NO_DETAILS, schedule } from './state.ts'
import { type Invoice, type Item, listOf, type Plan, type Subscription } from './types.ts'

const EXPIRES_AFTER = 23 * HOUR

export interface SubscriptionInput {
  customer: string
  items: { price: Price; quantity: number; metadata?: Record<string, string> }[]
  /** Bought along with it, once. */
  once?: Draft[]
  default_payment_method: string | null
  save_default_payment_method?: 'off' | 'on_subscription'
  metadata: Record<string, string>
  description?: string | null
  /** Seconds; until then it costs nothing. */
  trial_end?: number
  missing_payment_method?: 'cancel' | 'create_invoice' | 'pause'
  reductions: Reduction[]
  checkout_session?: string
  cancel_at?: number | null
  cancel_at_period_end?: boolean
  automatic_tax: boolean
}

/** A subscription and the draft of its first invoice: nothing is paid yet. */
export async function openSubscription(
  tx: Tx,
  given: SubscriptionInput,
): Promise<{ subscription: Subscription; invoice: Invoice }> {
  const id = newId('sub_1')
  const now = tx.seconds
  const anchor = given.trial_end ?? now
  const items = given.items.map((item) => {
    const end = given.trial_end ?? nextBoundary(anchor, item.price.recurring!, now)
    return subscriptionItem(tx, id, item, { start: now, end })
  })
  const discounts: string[] = []
  for (const reduction of given.reductions) {
    const { customer, checkout_session } = given
    const to = { customer, subscription: id, ...(checkout_session && { checkout_session }) }
    discounts.push((await redeem(tx, reduction, to)).id)
  }
  const subscription: Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: given.automatic_tax,
      liability: given.automatic_tax ? { type: 'self' } : null,
    },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: now },
    billing_schedules: [],
    billing_thresholds: null,
    ...cancellation(tx, given, Math.max(...items.map((item) => item.current_period_end))),
    collection_method: 'charge_automatically',
    created: now,
    currency: given.items[0]!.price.currency,
    customer: given.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: given.default_payment_method,
    default_source: null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts,
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: listOf(items, `/v1/subscription_items?subscription=${id}`),
    latest_invoice: newId('in_1'),
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: given.save_default_payment_method ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: given.trial_end ? 'trialing' : 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: given.trial_end ?? null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: given.missing_payment_method ?? 'create_invoice',
      },
    },
    trial_start: given.trial_end ? now : null,
  }
  await tx.insert(subscription)
  await schedule(tx, subscription)
  if (subscription.status === 'incomplete') await tx.setTimer('incomplete_expire', id, (now + EXPIRES_AFTER) * 1000)
  tx.emit('customer.subscription.created', subscription)

  const period = (item: Item) => ({ start: item.current_period_start, end: item.current_period_end })
  const free = subscription.status === 'trialing'
  const invoice = await createInvoice(tx, {
    id: subscription.latest_invoice as string,
    customer: given.customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    drafts: [
      ...(await itemLines(tx, subscription, period, { free })),
      ...(given.once ?? []),
      ...(await pendingItems(tx, given.customer, id)),
    ],
    discounts,
    subscription,
  })
  return { subscription, invoice }
}

export function subscriptionItem(
  tx: Tx,
  subscription: string,
  { price, quantity, metadata = {} }: SubscriptionInput['items'][number],
  period: { start: number; end: number },
): Item {
  return {
    id: newId('si_', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: tx.seconds,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  }
}

/** What prices were before they were prices; Stripe still sends it along. */
export const planOf = (price: Price): Plan => ({
  id: price.id,
  object: 'plan',
  active: price.active,
  amount: price.unit_amount,
  amount_decimal: price.unit_amount_decimal,
  billing_scheme: price.billing_scheme,
  created: price.created,
  currency: price.currency,
  interval: price.recurring!.interval,
  interval_count: price.recurring!.interval_count,
  livemode: false,
  metadata: price.metadata,
  meter: null,
  nickname: price.nickname,
  product: price.product as string,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: 'licensed',
})

/** That it will end, and since when that is known. */
export function cancellation(
  tx: Tx,
  { cancel_at = null, cancel_at_period_end = false }: { cancel_at?: number | null; cancel_at_period_end?: boolean },
  periodEnd: number,
): Pick<Subscription, 'cancel_at' | 'cancel_at_period_end' | 'canceled_at' | 'cancellation_details'> {
  const ends = cancel_at_period_end || cancel_at !== null
  return {
    cancel_at: cancel_at_period_end ? periodEnd : cancel_at,
    cancel_at_period_end,
    canceled_at: ends ? tx.seconds : null,
    cancellation_details: { ...NO_DETAILS, reason: ends ? 'cancellation_requested' : null },
  }
}
