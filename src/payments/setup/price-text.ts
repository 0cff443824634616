import type Stripe from 'stripe'
import { formatMoney } from '../../money.ts'

/** "¥33.00 a month", of a price at Stripe. */
export function priceText({ unit_amount, currency, recurring }: Stripe.Price): string {
  if (unit_amount === null) return 'an amount of its own'
  const amount = formatMoney({ amount: unit_amount, currency }, 'en')
  if (!recurring) return amount
  const { interval, interval_count } = recurring
  return `${amount} ${interval_count === 1 ? `a ${interval}` : `every ${interval_count} ${interval}s`}`
}
