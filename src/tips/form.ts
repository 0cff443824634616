import { z } from 'zod'
import { returnPath } from '../auth/return-to.ts'
import { catalog } from '../catalog.ts'
import { type Money, parseAmount } from '../money.ts'
import { optionalText, plain } from '../plain-text.ts'

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
    wall: z.literal('yes').optional(),
    request: z.string().regex(/^[\w-]{8,64}$/),
    currency: z.literal(catalog.currency).optional(),
    /** The page of ours that it was sent from: who does not pay comes back to it. */
    back: z
      .string()
      .optional()
      .transform((path) => returnPath(path, '/tip')),
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

/** What a link may fill in: `/tip?amount=16.6&message=…`. What can't be an amount here is left out; a message is cut. */
export const TipLink = z.object({
  amount: z.string().max(100).optional().catch(undefined).transform(choiceOf),
  message: z
    .string()
    .optional()
    .transform((text) => text && [...plain(text).trim()].slice(0, MESSAGE_LENGTH).join('')),
})

/** A preset where it is one, else one's own. */
function choiceOf(text = ''): { amount?: string; own?: string } {
  const price = parseAmount(text, catalog.currency)
  if (!price || problemOf(price, undefined, text)) return {}
  const amount = String(price.amount)
  return presetOf(amount) ? { amount } : { own: text.trim() }
}
