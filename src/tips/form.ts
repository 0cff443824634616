import { z } from 'zod'
import { catalog } from '../catalog.ts'
import { type Money, parseAmount } from '../money.ts'
import { optionalText } from '../plain-text.ts'

// Stripe's metadata takes 500 characters a value, and an emoji may count as two.
export const NAME_LENGTH = 60
export const MESSAGE_LENGTH = 240

const tipProblems = ['missing', 'notAnAmount', 'tooSmall', 'tooLarge', 'tooLong'] as const
export type TipProblem = (typeof tipProblems)[number]

/** Other messages are about what only a tampered form sends. */
export function isTipProblem(message: string): message is TipProblem {
  return tipProblems.some((problem) => problem === message)
}

/** What the tip page's form sends. An own amount wins over the preset that is still chosen. */
export const TipForm = z
  .object({
    /** A preset, in minor units. */
    amount: z.string().optional(),
    own: z.string().max(100, 'tooLong').default(''),
    name: optionalText(NAME_LENGTH),
    message: optionalText(MESSAGE_LENGTH),
    request: z.string().regex(/^[\w-]{8,64}$/),
    currency: z.literal(catalog.currency).optional(),
  })
  .transform(({ amount, own, ...rest }, context) => {
    const price = own.trim() ? parseAmount(own, catalog.currency) : presetOf(amount)
    const problem = problemOf(price, amount, own)
    if (problem) context.addIssue({ code: 'custom', path: ['own'], message: problem })
    return { ...rest, price: price ?? z.NEVER }
  })

function presetOf(amount: string | undefined): Money | undefined {
  return catalog.tip.presets.find((preset) => String(preset.amount) === amount)
}

function problemOf(price: Money | undefined, amount: string | undefined, own: string): TipProblem | undefined {
  if (!price) return own.trim() || amount ? 'notAnAmount' : 'missing'
  if (price.amount < catalog.tip.least.amount) return 'tooSmall'
  return price.amount > catalog.tip.most.amount ? 'tooLarge' : undefined
}
