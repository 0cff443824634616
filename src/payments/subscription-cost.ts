import type Stripe from 'stripe'
import { expanded, type Row } from './reading.ts'

type Cost = Pick<Row<'subscriptions'>, 'amount' | 'currency' | 'every' | 'every_count' | 'mrr'>

interface Period {
  every: Cost['every']
  every_count: number
  amount: number
}

/**
 * What a subscription costs, in minor units: `amount` is what its next period costs, with the discounts that last; `mrr` is
 * what it is a month, as docs/metrics.md defines it. Its discounts must be expanded to their coupons.
 */
export function costOf({ items, discounts, currency }: Stripe.Subscription): Cost {
  const periods = periodsOf(items.data, currency)
  const coupons = discounts.flatMap((discount) => expanded(expanded(discount)?.source.coupon) ?? [])
  const lasting = coupons.filter(({ duration }) => duration !== 'once')
  const forever = coupons.filter(({ duration }) => duration === 'forever')
  const [first = { every: 'month' as const, every_count: 1, amount: 0 }] = periods
  return {
    ...first,
    currency,
    amount: discounted(first.amount, lasting, currency),
    // An amount off is taken off once, as on an invoice that has them all.
    mrr: periods.reduce((sum, period, index) => {
      const coupons = index === 0 ? forever : forever.filter(({ amount_off }) => !amount_off)
      return sum + monthly({ ...period, amount: discounted(period.amount, coupons, currency) })
    }, 0),
  }
}

/** Items that are billed together; usually there is one. What is metered has no price before it is used. */
function periodsOf(items: Stripe.SubscriptionItem[], currency: string): Period[] {
  const periods: Period[] = []
  for (const { price, quantity = 1 } of items) {
    const every = (price.recurring?.interval ?? 'month') as Period['every']
    const every_count = price.recurring?.interval_count ?? 1
    const amount = price.recurring?.usage_type === 'metered' ? 0 : amountOf(price, quantity, currency)
    const together = periods.find((other) => other.every === every && other.every_count === every_count)
    if (together) together.amount += amount
    else periods.push({ every, every_count, amount })
  }
  return periods
}

/** A price may be of less than a minor unit, and have its amount in another currency than the subscription's: then it is not known. */
function amountOf(
  { currency: own, unit_amount, unit_amount_decimal }: Stripe.Price,
  quantity: number,
  currency: string,
) {
  if (own !== currency) return 0
  return Math.round(unit_amount === null ? Number(unit_amount_decimal ?? 0) * quantity : unit_amount * quantity)
}

/** What is left after these coupons, one after the other, in whole minor units, as on the invoice. */
function discounted(amount: number, coupons: Stripe.Coupon[], currency: string): number {
  const left = coupons.reduce((rest, { amount_off, percent_off, ...coupon }) => {
    if (amount_off) return coupon.currency === currency ? rest - amount_off : rest
    return rest - Math.round((rest * (percent_off ?? 0)) / 100)
  }, amount)
  return Math.max(0, left)
}

const IN_A_YEAR = { day: 365, week: 52, month: 12, year: 1 }

/** What an amount each period is a month, rounded once, half up. */
export function monthly({ amount, every, every_count }: Period): number {
  const aYear = amount * IN_A_YEAR[every]
  const months = 12 * every_count
  return Math.floor((2 * aYear + months) / (2 * months))
}
