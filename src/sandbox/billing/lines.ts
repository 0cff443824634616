import type Stripe from 'stripe'
import { format } from '../currencies.ts'
import { newId } from '../ids.ts'
import type { Price } from '../resources/prices.ts'
import type { Tx } from '../tx.ts'
import { nextBoundary } from './periods.ts'
import type { Item, Line, Subscription } from './types.ts'

/** What an invoice asks money for, before it is on one. */
export interface Draft {
  amount: number
  description: string
  period: { start: number; end: number }
  price: Price
  quantity: number
  subscription?: string
  subscription_item?: string
  invoice_item?: string
  proration?: boolean
}

/** The next period of each item, in advance. */
export async function itemLines(
  tx: Tx,
  subscription: Subscription,
  period: (item: Item) => { start: number; end: number },
  { free = false } = {},
): Promise<Draft[]> {
  const drafts: Draft[] = []
  for (const item of subscription.items.data) {
    const quantity = item.quantity ?? 1
    const { name } = await tx.get<Stripe.Product>('product', item.price.product as string)
    drafts.push({
      amount: free ? 0 : item.price.unit_amount! * quantity,
      description: free ? `Trial period for ${name}` : `${quantity} × ${name} (at ${priceText(item.price)})`,
      period: period(item),
      price: item.price,
      quantity,
      subscription: subscription.id,
      subscription_item: item.id,
    })
  }
  return drafts
}

export const priceText = ({ unit_amount, currency, recurring }: Price, locale = 'en') => {
  const amount = format(unit_amount ?? 0, currency, locale)
  if (!recurring) return amount
  const { interval, interval_count: count } = recurring
  return `${amount} / ${count > 1 ? `every ${count} ${interval}s` : interval}`
}

export const lineOf = (draft: Draft, invoice: string): Line => ({
  id: newId('il_1'),
  object: 'line_item',
  amount: draft.amount,
  currency: draft.price.currency,
  description: draft.description,
  discount_amounts: [],
  discountable: !draft.proration,
  discounts: [],
  invoice,
  livemode: false,
  metadata: {},
  parent: parentOf(draft),
  period: draft.period,
  pretax_credit_amounts: [],
  pricing: pricing(draft.price),
  quantity: draft.quantity,
  quantity_decimal: String(draft.quantity),
  subscription: draft.subscription ?? null,
  subtotal: draft.amount,
  taxes: [],
})

function parentOf({ subscription_item, invoice_item, proration = false, ...draft }: Draft): Line['parent'] {
  const subscription = draft.subscription ?? null
  const proration_details = proration ? { credited_items: null } : null
  if (!subscription_item) {
    return {
      invoice_item_details: { invoice_item: invoice_item!, proration, proration_details, subscription },
      subscription_item_details: null,
      type: 'invoice_item_details',
    }
  }
  return {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: invoice_item ?? null,
      proration,
      proration_details,
      subscription,
      subscription_item,
    },
    type: 'subscription_item_details',
  }
}

export const pricing = ({ id, product, unit_amount_decimal }: Price): Line['pricing'] => ({
  price_details: { price: id, product: product as string },
  type: 'price_details',
  unit_amount_decimal: unit_amount_decimal ?? '0',
})

/** The period that follows the item's own. */
export const following = (subscription: Subscription, item: Item) => ({
  start: item.current_period_end,
  end: nextBoundary(subscription.billing_cycle_anchor, item.price.recurring!, item.current_period_end),
})
