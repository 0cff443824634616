import type Stripe from 'stripe'
import { dateOf, expanded, maybeDate, type Row } from './reading.ts'

type PayingTime = Pick<Row<'subscriptions'>, 'began_at' | 'stopped_at'>
const NEVER: PayingTime = { began_at: null, stopped_at: null }

/**
 * From when to when a subscription was a paid one, told by what Stripe's object says of itself, never by when we heard of it:
 * docs/metrics.md. `stopped_at` is null as long as it is active or past due. Its latest invoice must be expanded.
 * Throws Stripe's errors.
 */
export async function payingTime(stripe: Stripe, subscription: Stripe.Subscription): Promise<PayingTime> {
  const { status, start_date, trial_start, trial_end } = subscription
  // A trial that was given later is a pause of one who had begun.
  const beginsWithTrial = trial_start !== null && trial_start <= start_date
  if (status === 'incomplete' || status === 'incomplete_expired') return NEVER
  if (status === 'trialing' && beginsWithTrial) return NEVER
  if (status === 'canceled' && !(await hasPaid(stripe, subscription, beginsWithTrial))) return NEVER
  const began = (beginsWithTrial && trial_end) || start_date
  const stopped = await stoppedAt(stripe, subscription)
  if (stopped !== null && stopped <= began) return NEVER
  return { began_at: dateOf(began), stopped_at: maybeDate(stopped) }
}

async function hasPaid(
  stripe: Stripe,
  { id: subscription, latest_invoice }: Stripe.Subscription,
  beganWithTrial: boolean,
): Promise<boolean> {
  const invoice = expanded(latest_invoice)
  if (!beganWithTrial) return invoice?.billing_reason !== 'subscription_create' || invoice.status === 'paid'
  // The trial's own invoice is of nothing, and paid.
  const paid = await stripe.invoices.list({ subscription, status: 'paid', limit: 100 })
  return paid.data.some(({ amount_paid }) => amount_paid > 0)
}

async function stoppedAt(stripe: Stripe, subscription: Stripe.Subscription): Promise<number | null> {
  const { id, status, start_date, trial_start, trial_end, status_details, ended_at, canceled_at } = subscription
  switch (status) {
    case 'active':
    case 'past_due':
      return null
    case 'trialing':
      return trial_start
    case 'paused':
      return status_details?.paused?.transitioned_at ?? trial_end ?? start_date
    case 'unpaid':
      return paidUntil(stripe, id, start_date)
    default:
      return ended_at ?? canceled_at ?? start_date
  }
}

/** Stripe does not say when one became unpaid; it says until when it was paid. */
async function paidUntil(stripe: Stripe, subscription: string, otherwise: number): Promise<number> {
  const [latest] = (await stripe.invoices.list({ subscription, status: 'paid', limit: 1 })).data
  return Math.max(otherwise, ...(latest?.lines.data ?? []).map(({ period }) => period.end))
}
