import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import type { PreviewInput } from '../resources/invoices.ts'
import { changesOf, itemsOf, reductionsOf, trialEnd } from '../resources/recurring-items.ts'
import type { Tx } from '../tx.ts'
import { changeSubscription } from './change.ts'
import { alone, lockSubscription } from './state.ts'
import { openSubscription } from './subscribe.ts'
import { renew } from './timers.ts'
import type { Invoice, Subscription } from './types.ts'

/** The invoice that there would be: what is asked about is done, looked at, and undone. */
export async function previewInvoice(tx: Tx, given: PreviewInput): Promise<Invoice> {
  await alone(tx)
  const invoice = await tx.asIf(() => nextInvoice(tx, given))
  const id = `upcoming_in_${newId('')}`
  return {
    ...invoice,
    id,
    automatically_finalizes_at: null,
    billing_reason: 'upcoming',
    lines: {
      ...invoice.lines,
      data: invoice.lines.data.map((line) => ({ ...line, invoice: id })),
      url: `/v1/invoices/${id}/lines`,
    },
    status: 'draft',
  }
}

async function nextInvoice(tx: Tx, given: PreviewInput): Promise<Invoice> {
  const { items, ...details } = given.subscription_details ?? {}
  const reductions = await reductionsOf(tx, given.discounts)
  if (!given.subscription) {
    if (!given.customer || !items) throw invalid('A preview needs a subscription, or a customer and items.')
    const trial_end = trialEnd(tx, details)
    const { invoice } = await openSubscription(tx, {
      customer: given.customer,
      items: await itemsOf(tx, items),
      default_payment_method: null,
      metadata: {},
      ...(trial_end && { trial_end }),
      reductions,
      automatic_tax: false,
    })
    return invoice
  }
  const before = await lockSubscription(tx, given.subscription, 'subscription')
  const changes = {
    ...details,
    ...(items && { items: await changesOf(tx, items) }),
    ...(reductions.length && { reductions }),
  }
  const after = Object.keys(changes).length ? await changeSubscription(tx, before, changes) : before
  // Asked for at once: then that is the next invoice.
  if (after.latest_invoice !== before.latest_invoice) return tx.get<Invoice>('invoice', after.latest_invoice as string)
  await renew(tx, after.id)
  const { latest_invoice } = await tx.get<Subscription>('subscription', after.id)
  if (latest_invoice === before.latest_invoice) {
    throw invalid('No upcoming invoices for customer: this subscription ends.', { code: 'invoice_upcoming_none' })
  }
  return tx.get<Invoice>('invoice', latest_invoice as string)
}
