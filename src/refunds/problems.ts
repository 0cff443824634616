import { formatMoney, type Money } from '../money.ts'
import type { Refusal } from '../payments/refund.ts'
import type { Locale } from '../ui/i18n.ts'
import { words } from './words.ts'

/** What is wrong with the amount, in the reader's language. */
export function amountText(problem: 'missing' | 'notAnAmount' | 'tooMuch', left: Money, locale: Locale): string {
  const t = words[locale].problems
  return problem === 'tooMuch' ? t.tooMuch(formatMoney(left, locale)) : t[problem]
}

/** Why Stripe did not do it, in the owner's language. */
export function refusalText({ why, said }: Refusal, left: Money, locale: Locale): string {
  const t = words[locale].problems
  if (why === 'tooMuch') return t.tooMuch(formatMoney(left, locale))
  return why === 'other' ? t.other(said) : t[why]
}
