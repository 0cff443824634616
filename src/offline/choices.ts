import { catalog } from '../catalog.ts'
import type { Price } from '../define-catalog.ts'
import type { Locale } from '../locales.ts'
import type { Money } from '../money.ts'
import { words } from './claim-words.ts'
import { nameOf } from './entries.ts'
import { oneOffPrices } from './form.ts'

/** What can be paid by a payment code: what the catalog sells once, and the tip page's amounts. */
export interface Choice {
  /** In the address: a price's key, or `tip-` and the minor units. */
  key: string
  money: Money
  price?: Price
}

export const choices: Choice[] = [
  ...oneOffPrices.map((price) => ({ key: price.key, money: price.money, price })),
  ...catalog.tip.presets.map((money) => ({ key: `tip-${money.amount}`, money })),
]

export function choiceOf(key: string): Choice | undefined {
  return choices.find((choice) => choice.key === key)
}

/** In the reader's language. */
export function nameOfChoice({ price }: Choice, locale: Locale): string {
  return price ? nameOf(price, locale) : words[locale].tip
}
