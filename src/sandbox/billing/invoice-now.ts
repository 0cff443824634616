import { StripeError } from '../errors.ts'
import { settleSoon } from '../payment.ts'
import type { Tx } from '../tx.ts'
import { collect } from './collect.ts'
import { finalizeInvoice } from './finalize.ts'
import { createInvoice } from './invoice.ts'
import { pendingItems } from './invoice-items.ts'
import { itemLines } from './lines.ts'
import { updateSubscription } from './state.ts'
import type { Invoice, Subscription } from './types.ts'

/** What is pending, and with `period` the new period, is asked for at once. */
export async function invoiceNow(
  tx: Tx,
  subscription: Subscription,
  period: boolean,
  strict: boolean,
): Promise<Subscription> {
  const { id, customer, currency, discounts } = subscription
  const drafts = [
    ...(period
      ? await itemLines(tx, subscription, (item) => ({
          start: item.current_period_start,
          end: item.current_period_end,
        }))
      : []),
    ...(await pendingItems(tx, customer, id)),
  ]
  if (!drafts.length) return subscription
  const draft = await createInvoice(tx, {
    customer,
    currency,
    reason: 'subscription_update',
    drafts,
    discounts,
    subscription,
  })
  await updateSubscription(tx, subscription, { latest_invoice: draft.id })
  await payNow(tx, await finalizeInvoice(tx, draft), strict)
  return tx.get<Subscription>('subscription', id)
}

export async function payNow(tx: Tx, invoice: Invoice, strict: boolean): Promise<void> {
  const { charge, decline } = await collect(tx, invoice.id)
  if (decline && strict) throw cardError(decline)
  if (charge) await settleSoon(tx, charge)
}

export const cardError = (decline: { code: string; decline_code?: string; message: string }) =>
  new StripeError(402, { type: 'card_error', ...decline })
