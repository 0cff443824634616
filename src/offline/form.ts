import { z } from 'zod'
import { catalog, priceOfKey } from '../catalog.ts'
import { normalEmail } from '../email-address.ts'
import { parseAmount, STRIPE_MAXIMUM } from '../money.ts'
import { optionalText, plain } from '../plain-text.ts'

export const NAME_LENGTH = 60
export const DESCRIPTION_LENGTH = 120

export const fields = ['amount', 'received', 'name', 'email', 'description'] as const
export type FieldName = (typeof fields)[number]
const entryProblems = ['missing', 'notAnAmount', 'tooLarge', 'notADate', 'future', 'notAnEmail', 'tooLong'] as const
export type EntryProblem = (typeof entryProblems)[number]

/** Other messages are about what only a tampered form sends. */
export function isEntryProblem(message: string): message is EntryProblem {
  return entryProblems.some((problem) => problem === message)
}

/** What the catalog sells once: what money that came by hand can pay for. */
export const oneOffPrices = catalog.products
  .flatMap((product) => product.prices)
  .filter(({ kind }) => kind !== 'subscription')

/** What the owner enters. `today` is theirs: yyyy-mm-dd. */
export function entryForm(today: string) {
  return z
    .object({
      amount: z.string().transform(checked(amountOf)),
      received: z.string().transform(checked((text) => dayOf(text, today))),
      name: optionalText(NAME_LENGTH),
      email: z.string().default('').transform(checked(emailOf)),
      description: optionalText(DESCRIPTION_LENGTH),
      price: z.string().default('').transform(checked(priceOf)),
      request: z.string().regex(/^[\w-]{8,64}$/),
    })
    .refine(({ description, price }) => description !== undefined || price !== undefined, {
      path: ['description'],
      message: 'missing',
      when: ({ issues }) => !issues.some(({ path }) => path?.[0] === 'description' || path?.[0] === 'price'),
    })
}

/** The transform of a parser that throws a Wrong. */
function checked<T>(parse: (text: string) => T) {
  return (text: string, context: z.core.$RefinementCtx<string>): T => {
    try {
      return parse(plain(text).trim())
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  }
}

class Wrong extends Error {}

function amountOf(text: string) {
  if (!text) throw new Wrong('missing')
  const money = parseAmount(text, catalog.currency)
  if (!money || money.amount === 0) throw new Wrong('notAnAmount')
  if (money.amount > STRIPE_MAXIMUM) throw new Wrong('tooLarge')
  return money
}

function dayOf(text: string, today: string): string {
  if (!z.iso.date().safeParse(text).success || text < '2000') throw new Wrong('notADate')
  if (text > today) throw new Wrong('future')
  return text
}

function emailOf(text: string): string | undefined {
  const email = normalEmail(text)
  if (text && !email) throw new Wrong('notAnEmail')
  return email
}

function priceOf(key: string) {
  const price = priceOfKey(key)
  if (key && (!price || !oneOffPrices.includes(price))) throw new Wrong('unknown')
  return price
}
