import { invalid } from '../errors.ts'
import type { Tx } from '../tx.ts'
import { prorate } from './invoice-items.ts'
import { invoiceNow } from './invoice-now.ts'
import { endSubscription, LIVE, lockSubscription } from './state.ts'
import type { Subscription } from './types.ts'

/** At once. `prorate`: what is not used comes back as credit; `invoice_now`: what is pending is asked for. */
export async function cancelNow(
  tx: Tx,
  before: Subscription,
  given: {
    invoice_now?: boolean
    prorate?: boolean
    cancellation_details?: { comment?: string | null; feedback?: string | null }
  },
): Promise<Subscription> {
  if (!LIVE.includes(before.status) && !['incomplete', 'paused'].includes(before.status)) {
    throw invalid(`No such subscription: '${before.id}'`, { code: 'resource_missing', param: 'id' })
  }
  if (given.prorate && before.status !== 'trialing') {
    for (const item of before.items.data) {
      await prorate(tx, before.customer, before.id, { before: item, after: undefined, at: tx.seconds })
    }
  }
  if (given.invoice_now) await invoiceNow(tx, before, false, false)
  const subscription = await lockSubscription(tx, before.id)
  return endSubscription(tx, subscription, 'cancellation_requested', given.cancellation_details)
}
