import { type Money as Amount, formatMoney } from '../money.ts'
import type { Locale } from './i18n.ts'

interface MoneyProps {
  value: Amount
  locale: Locale
  /** ¥6.6, as on a red packet. */
  short?: boolean
  /** +¥6.60, −¥6.60. */
  signed?: boolean
}

export function Money({ value, locale, short = false, signed = false }: MoneyProps) {
  const text = formatMoney({ ...value, amount: Math.abs(value.amount) }, locale, { short })
  const plus = signed && value.amount > 0 ? '+' : ''
  return <span class="money">{(value.amount < 0 ? '−' : plus) + text}</span>
}
