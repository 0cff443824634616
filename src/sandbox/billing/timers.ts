import type Stripe from 'stripe'
import { settleSoon } from '../payment.ts'
import type { Tx } from '../tx.ts'
import { collect, meansOf } from './collect.ts'
import { discountsAt } from './discounts.ts'
import { finalizeInvoice, voidInvoice } from './finalize.ts'
import { createInvoice } from './invoice.ts'
import { pendingItems } from './invoice-items.ts'
import { following, itemLines } from './lines.ts'
import {
  endSubscription,
  invoicesOf,
  LIVE,
  lockInvoice,
  lockSubscription,
  periodEnd,
  updateSubscription,
} from './state.ts'
import type { Subscription } from './types.ts'

/** What time does to subscriptions and invoices. */
export const billingTimers = {
  renew,
  finalize,
  retry,
  cancel,
  trial_will_end: trialWillEnd,
  incomplete_expire: expireIncomplete,
}

/** A period is over: the next one begins, and its invoice is drafted. */
export async function renew(tx: Tx, id: string): Promise<void> {
  const before = await lockSubscription(tx, id)
  const end = periodEnd(before)
  if (!LIVE.includes(before.status)) return
  if (before.cancel_at !== null && before.cancel_at <= end) {
    await endSubscription(tx, before, before.cancellation_details?.reason ?? 'cancellation_requested')
    return
  }
  if (before.status === 'trialing' && (await endsWithTrial(tx, before))) return

  const discounts = await lastingDiscounts(tx, before, end)
  const invoice = await createInvoice(tx, {
    customer: before.customer,
    currency: before.currency,
    reason: 'subscription_cycle',
    drafts: [
      ...(await itemLines(tx, before, (item) => following(before, item))),
      ...(await pendingItems(tx, before.customer, id)),
    ],
    discounts,
    subscription: before,
    period: { start: before.items.data[0]!.current_period_start, end },
    // Whoever does not pay gets no further bills, only drafts.
    advance: before.status !== 'unpaid',
  })
  const data = before.items.data.map((item) => {
    const { start, end } = following(before, item)
    return { ...item, current_period_start: start, current_period_end: end }
  })
  await updateSubscription(tx, before, {
    discounts,
    items: { ...before.items, data },
    latest_invoice: invoice.id,
    status: before.status === 'trialing' ? 'active' : before.status,
  })
}

/** A trial that began without a card may end with it. */
async function endsWithTrial(tx: Tx, subscription: Subscription): Promise<boolean> {
  const otherwise = subscription.trial_settings?.end_behavior.missing_payment_method
  const { customer, default_payment_method } = subscription
  const paid = await meansOf(tx, { customer, default_payment_method, parent: null })
  if (paid || otherwise === 'create_invoice') return false
  if (otherwise === 'cancel') await endSubscription(tx, subscription, 'cancellation_requested')
  else {
    const paused = await updateSubscription(tx, subscription, { status: 'paused' })
    tx.emit('customer.subscription.paused', paused)
  }
  return true
}

/** Those that last; the others are over. A coupon for `once` lasts until it took something off. */
async function lastingDiscounts(tx: Tx, subscription: Subscription, at: number): Promise<string[]> {
  const invoices = await invoicesOf(tx, subscription.id, ['draft', 'open', 'paid', 'void', 'uncollectible'])
  const amounts = invoices.flatMap((invoice) => invoice.total_discount_amounts ?? [])
  const used = new Set(amounts.filter(({ amount }) => amount > 0).map(({ discount }) => discount))
  const lasting = (await discountsAt(tx, subscription.discounts, at))
    .filter(({ discount, coupon }) => coupon.duration !== 'once' || !used.has(discount.id))
    .map(({ discount }) => discount.id)
  for (const id of subscription.discounts) {
    if (!lasting.includes(id)) tx.emit('customer.discount.deleted', await tx.get<Stripe.Discount>('discount', id))
  }
  return lasting
}

/** The draft's hour is over. */
async function finalize(tx: Tx, id: string): Promise<void> {
  const draft = await lockInvoice(tx, id)
  if (draft.status !== 'draft') return
  await finalizeInvoice(tx, draft)
  await retry(tx, id)
}

export async function retry(tx: Tx, id: string): Promise<void> {
  const { charge } = await collect(tx, id)
  if (charge) await settleSoon(tx, charge)
}

async function cancel(tx: Tx, id: string): Promise<void> {
  const data = await lockSubscription(tx, id)
  if (LIVE.includes(data.status) && data.cancel_at !== null && data.cancel_at <= tx.seconds) {
    await endSubscription(tx, data, data.cancellation_details?.reason ?? 'cancellation_requested')
  }
}

async function trialWillEnd(tx: Tx, id: string): Promise<void> {
  const data = await lockSubscription(tx, id)
  if (data.status === 'trialing') tx.emit('customer.subscription.trial_will_end', data)
}

async function expireIncomplete(tx: Tx, id: string): Promise<void> {
  const data = await lockSubscription(tx, id)
  if (data.status !== 'incomplete') return
  for (const invoice of await invoicesOf(tx, id, ['open'])) await voidInvoice(tx, invoice)
  await updateSubscription(tx, data, { ended_at: tx.seconds, status: 'incomplete_expired' })
}
