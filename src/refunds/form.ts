import { z } from 'zod'
import { type Money, parseAmount } from '../money.ts'

/** Stripe's, and none. Its radar learns from the last two. */
export const reasons = ['', 'requested_by_customer', 'duplicate', 'fraudulent'] as const

export const RefundForm = z.object({
  amount: z.string(),
  reason: z.enum(reasons),
  request: z.string().regex(/^[\w-]{8,64}$/),
})
export type RefundForm = z.infer<typeof RefundForm>

/** What the owner typed, or what is wrong with it. */
export function amountOf(typed: string, left: Money): Money | 'missing' | 'notAnAmount' | 'tooMuch' {
  if (!typed.trim()) return 'missing'
  const money = parseAmount(typed, left.currency)
  if (!money || money.amount === 0) return 'notAnAmount'
  return money.amount > left.amount ? 'tooMuch' : money
}
