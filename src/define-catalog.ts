import type { Locale } from './locales.ts'
import { formatMoney, type Money, parseAmount, STRIPE_MAXIMUM, stripeMinimum } from './money.ts'

type Words = Record<Locale, string>

/** What src/catalog.ts says, as a person writes it: amounts as text, '6.6' is ¥6.60. */
export interface CatalogText {
  name: Words
  tagline: Words
  story: Words
  currency: string
  tip: { presets: readonly string[]; least: string; most: string }
}

export interface Catalog extends Omit<CatalogText, 'tip'> {
  tip: { presets: Money[]; least: Money; most: Money }
}

/** Turns the catalog's text into money and checks it against Stripe's limits. Throws an Error that says which line is wrong. */
export function defineCatalog(text: CatalogText): Catalog {
  const { currency } = text
  const amount = (value: string, where: string): Money => {
    const money = parseAmount(value, currency)
    if (!money) throw new Error(`catalog.ts: ${where} '${value}' is not an amount of ${currency}`)
    return money
  }
  const least = amount(text.tip.least, 'tip.least')
  const most = amount(text.tip.most, 'tip.most')
  const presets = text.tip.presets.map((preset) => amount(preset, 'tip.presets'))
  const minimum = stripeMinimum(currency)
  if (minimum !== undefined && least.amount < minimum) {
    throw new Error(
      `catalog.ts: tip.least is under what Stripe takes: ${formatMoney({ amount: minimum, currency }, 'en')}`,
    )
  }
  if (most.amount > STRIPE_MAXIMUM) throw new Error('catalog.ts: tip.most is over what Stripe takes')
  const outside = presets.find((preset) => preset.amount < least.amount || preset.amount > most.amount)
  if (outside)
    throw new Error(`catalog.ts: the preset ${formatMoney(outside, 'en')} is not between tip.least and tip.most`)
  if (presets.length === 0) throw new Error('catalog.ts: tip.presets is empty')
  return { ...text, tip: { presets, least, most } }
}
