import type Stripe from 'stripe'
import { type Reduction, takeOff } from '../billing/discounts.ts'
import type { Tx } from '../tx.ts'
import { checkTotal, type LineItem, totalOf } from './line-items.ts'

type Amounts = Pick<
  Stripe.Checkout.Session,
  'amount_subtotal' | 'amount_total' | 'currency' | 'discounts' | 'total_details'
>

/** What is to be paid today. While a trial lasts, what recurs is free. */
export function priced(
  tx: Tx,
  given: LineItem[],
  { reduction, trial = false }: { reduction?: Reduction | undefined; trial?: boolean },
): { items: LineItem[]; amounts: Amounts } {
  const subtotals = given.map(({ price, quantity, amount_subtotal }) => {
    if (price.custom_unit_amount) return amount_subtotal
    return trial && price.recurring ? 0 : price.unit_amount! * quantity!
  })
  const [{ currency, price }] = given as [LineItem]
  const off = reduction ? takeOff(reduction.coupon, subtotals, currency) : subtotals.map(() => 0)
  const items = given.map((item, index) => ({
    ...item,
    amount_discount: off[index]!,
    amount_subtotal: subtotals[index]!,
    amount_total: subtotals[index]! - off[index]!,
  }))
  const amount_subtotal = subtotals.reduce((sum, amount) => sum + amount, 0)
  const amount_total = totalOf(items)
  const nothing = amount_total === 0 && (reduction || price.recurring)
  if (!price.custom_unit_amount && !nothing) checkTotal(tx, amount_total, currency)
  return {
    items,
    amounts: {
      amount_subtotal,
      amount_total,
      currency,
      discounts: reduction
        ? [{ coupon: reduction.coupon.id, promotion_code: reduction.promotion_code?.id ?? null }]
        : [],
      // The sandbox has no tax rates: all tax is 0.
      total_details: { amount_discount: amount_subtotal - amount_total, amount_shipping: 0, amount_tax: 0 },
    },
  }
}
