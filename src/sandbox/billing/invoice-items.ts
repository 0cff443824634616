import type Stripe from 'stripe'
import { newId } from '../ids.ts'
import type { Price } from '../resources/prices.ts'
import type { Tx } from '../tx.ts'
import { type Draft, pricing } from './lines.ts'
import type { InvoiceItem, Item } from './types.ts'

/** What waits for an invoice. */

/** Back for what is not used of the old, and for the rest of the period the new. `none` where nothing changed. */
export async function prorate(
  tx: Tx,
  customer: string,
  subscription: string,
  { before, after, at }: { before: Item | undefined; after: Item | undefined; at: number },
): Promise<InvoiceItem[]> {
  const { current_period_start: start, current_period_end: end } = before ?? after!
  const left = Math.min(Math.max((end - at) / (end - start), 0), 1)
  const made: InvoiceItem[] = []
  for (const [item, sign, words] of [
    [before, -1, 'Unused time on'],
    [after, 1, 'Remaining time on'],
  ] as const) {
    if (!item) continue
    const quantity = item.quantity ?? 1
    const { name } = await tx.get<Stripe.Product>('product', item.price.product as string)
    const times = quantity > 1 ? `${quantity} × ` : ''
    const since = new Date(at * 1000).toLocaleDateString('en-GB', {
      day: '2-digit',
      month: 'short',
      year: 'numeric',
      timeZone: 'UTC',
    })
    made.push(
      await createInvoiceItem(tx, customer, {
        amount: sign * Math.round(item.price.unit_amount! * quantity * left),
        description: `${words} ${times}${name} after ${since}`,
        period: { start: at, end },
        price: item.price,
        quantity,
        subscription,
        subscription_item: item.id,
        proration: true,
      }),
    )
  }
  return made
}

export async function createInvoiceItem(tx: Tx, customer: string, draft: Draft): Promise<InvoiceItem> {
  const item = {
    id: newId('ii_1'),
    object: 'invoiceitem',
    amount: draft.amount,
    currency: draft.price.currency,
    customer,
    customer_account: null,
    date: tx.seconds,
    description: draft.description,
    discountable: !draft.proration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: draft.amount,
    parent: draft.subscription
      ? {
          subscription_details: {
            subscription: draft.subscription,
            ...(draft.subscription_item && { subscription_item: draft.subscription_item }),
          },
          type: 'subscription_details',
        }
      : null,
    period: draft.period,
    pricing: pricing(draft.price),
    proration: draft.proration ?? false,
    ...(draft.proration && { proration_details: { credited_items: null, discount_amounts: [] } }),
    quantity: draft.quantity,
    quantity_decimal: String(draft.quantity),
    tax_rates: [],
    test_clock: null,
  } as InvoiceItem
  tx.emit('invoiceitem.created', item)
  return tx.insert(item, { price: draft.price })
}

/** Waiting for the next invoice. */
export async function pendingItems(tx: Tx, customer: string, subscription: string): Promise<Draft[]> {
  const { rows } = await tx.db.query<{ data: InvoiceItem; hidden: { price: Price } }>(
    `select data, hidden from sandbox.objects where object = 'invoiceitem' and not deleted
     and data->>'customer' = $1 and data->>'invoice' is null order by seq`,
    [customer],
  )
  return rows
    .filter(({ data }) => (data.parent?.subscription_details?.subscription ?? subscription) === subscription)
    .map(({ data, hidden }) => ({
      amount: data.amount,
      description: data.description!,
      period: data.period,
      price: hidden.price,
      quantity: data.quantity,
      invoice_item: data.id,
      proration: data.proration,
      ...data.parent?.subscription_details,
    }))
}
