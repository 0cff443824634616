import type Stripe from 'stripe'
import { changed } from '../resources/customers.ts'
import type { Tx } from '../tx.ts'
import { updateInvoice } from './finalize.ts'
import { DAY } from './periods.ts'
import type { Invoice, Subscription } from './types.ts'

/** What may happen to a subscription, whoever does it. */

/** One at a time: what happens to a bill touches its customer, subscription and payment in every order. */
export const alone = (tx: Tx) => tx.db.query("select pg_advisory_xact_lock(hashtext('sandbox billing'))")

export async function lockSubscription(tx: Tx, id: string, param?: string): Promise<Subscription> {
  await alone(tx)
  return (await tx.lock<Subscription>('subscription', id, param)).data
}

export async function lockInvoice(tx: Tx, id: string): Promise<Invoice> {
  await alone(tx)
  return (await tx.lock<Invoice>('invoice', id)).data
}

export const LIVE = ['trialing', 'active', 'past_due', 'unpaid']

export const periodEnd = (subscription: Subscription) =>
  Math.max(...subscription.items.data.map((item) => item.current_period_end))

/** Changes a subscription and says so. */
export async function updateSubscription(
  tx: Tx,
  before: Subscription,
  changes: Partial<Subscription>,
): Promise<Subscription> {
  const after = { ...before, ...changes }
  const previous = changed(before, after)
  if (!Object.keys(previous).length) return before
  tx.emit('customer.subscription.updated', after, previous)
  await schedule(tx, after)
  return tx.save(after)
}

/** When it renews, ends, and is about to begin to cost. */
export async function schedule(tx: Tx, subscription: Subscription): Promise<void> {
  const { id, status, trial_end, cancel_at } = subscription
  const at = async (kind: string, seconds: number | null) =>
    seconds === null || !LIVE.includes(status) ? tx.clearTimer(kind, id) : tx.setTimer(kind, id, seconds * 1000)
  await at('renew', periodEnd(subscription))
  await at('cancel', cancel_at)
  const warning = trial_end === null ? null : trial_end - 3 * DAY
  if (status !== 'trialing') await tx.clearTimer('trial_will_end', id)
  // One that was given out already is not set again by a later change.
  else if (warning !== null && (warning > tx.seconds || subscription.created === tx.seconds)) {
    await tx.setTimer('trial_will_end', id, Math.max(warning, tx.seconds) * 1000)
  }
}

export async function endSubscription(
  tx: Tx,
  before: Subscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
  details: { comment?: string | null; feedback?: string | null } = {},
): Promise<Subscription> {
  const after: Subscription = {
    ...before,
    cancel_at_period_end: false,
    canceled_at: before.canceled_at ?? tx.seconds,
    cancellation_details: { ...NO_DETAILS, ...before.cancellation_details, ...details, reason },
    ended_at: tx.seconds,
    status: 'canceled',
  }
  await schedule(tx, after)
  await tx.clearTimer('incomplete_expire', before.id)
  await stopCollecting(tx, before.id)
  tx.emit('customer.subscription.deleted', after)
  return tx.save(after)
}

export const NO_DETAILS: Stripe.Subscription.CancellationDetails = {
  comment: null,
  feedback: null,
  feedback_option: null,
  reason: null,
}

/** Its drafts and open invoices stay as they are: nobody asks for that money any more. */
async function stopCollecting(tx: Tx, subscription: string): Promise<void> {
  for (const invoice of await invoicesOf(tx, subscription, ['draft', 'open'])) {
    await tx.clearTimer('finalize', invoice.id)
    await tx.clearTimer('retry', invoice.id)
    await updateInvoice(tx, invoice, {
      auto_advance: false,
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    })
  }
}

export async function invoicesOf(tx: Tx, subscription: string, statuses: string[]): Promise<Invoice[]> {
  const { data } = await tx.list<Invoice>('invoice', '', { limit: 100 }, [
    ["data->'parent'->'subscription_details'->>'subscription' = ?", subscription],
    ["data->>'status' = any(?)", statuses],
  ])
  return data.reverse()
}

export const subscriptionOf = (invoice: Invoice) =>
  invoice.parent?.subscription_details?.subscription as string | undefined
