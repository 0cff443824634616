import { z } from 'zod'
import { catalog } from '../catalog.ts'
import { KNOWN_CURRENCIES, type Money, parseAmount, STRIPE_MAXIMUM, stripeMinimum } from '../money.ts'
import { optionalText, plain } from '../plain-text.ts'

export const NAME_LENGTH = 60
// Stripe calls the product so, and takes 250 characters; an emoji may count as two.
export const DESCRIPTION_LENGTH = 120

/** In days; the last never ends. */
export const lifetimes = ['1', '7', '30', 'never'] as const
export type Lifetime = (typeof lifetimes)[number]

/** The catalog's own currency first. */
export const currencies = [...new Set([catalog.currency, ...KNOWN_CURRENCIES])]

const requestProblems = ['missing', 'notAnAmount', 'tooSmall', 'tooLarge', 'nothingDescribed', 'tooLong'] as const
export type RequestProblem = (typeof requestProblems)[number]

/** Other messages are about what only a tampered form sends. */
export function isRequestProblem(message: string): message is RequestProblem {
  return requestProblems.some((problem) => problem === message)
}

/** What the owner's form sends. Without Stripe, its own minimums and currencies mean nothing. */
export function requestForm({ isUsed }: { isUsed: boolean }) {
  return z
    .object({
      amount: z.string().max(100, 'tooLong').default(''),
      currency: z.enum(isUsed ? currencies : [catalog.currency]),
      description: z
        .string()
        .default('')
        // One line, at Stripe and in the books.
        .transform((text) => plain(text).replace(/\s+/g, ' ').trim())
        .refine((text) => text !== '', 'nothingDescribed')
        .refine((text) => [...text].length <= DESCRIPTION_LENGTH, 'tooLong'),
      customer: optionalText(NAME_LENGTH),
      lifetime: z.enum(lifetimes),
      request: z.string().regex(/^[\w-]{8,64}$/),
    })
    .transform(({ amount, currency, ...rest }, context) => {
      const money = parseAmount(amount, currency)
      const problem = problemOf(amount, money, isUsed ? undefined : 1)
      if (problem) context.addIssue({ code: 'custom', path: ['amount'], message: problem })
      return { ...rest, money: money ?? z.NEVER }
    })
}

/** What is wrong with an amount as it was typed and read; undefined when nothing is. */
export function problemOf(
  typed: string,
  money: Money | undefined,
  least = money && leastOf(money.currency).amount,
): RequestProblem | undefined {
  if (!money) return typed.trim() ? 'notAnAmount' : 'missing'
  if (least && money.amount < least) return 'tooSmall'
  return money.amount > STRIPE_MAXIMUM ? 'tooLarge' : undefined
}

export const leastOf = (currency: string): Money => ({ amount: stripeMinimum(currency) ?? 1, currency })
export const mostOf = (currency: string): Money => ({ amount: STRIPE_MAXIMUM, currency })
