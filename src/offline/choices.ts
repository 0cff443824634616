import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Price } from '../define-catalog.ts'
import type { Feature, Payable } from '../feature.ts'
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
  /** What somebody was asked to pay for, instead of a price or a tip. */
  request?: Payable
}

export const choices: Choice[] = [
  ...oneOffPrices.map((price) => ({ key: price.key, money: price.money, price })),
  ...catalog.tip.presets.map((money) => ({ key: tipKey(money.amount), money })),
]

/** Undefined when nothing is paid by that key, or not any more. */
export async function choiceOf(
  key: string,
  deps: { config: Config; features: Feature[] },
): Promise<Choice | undefined> {
  return choices.find((choice) => choice.key === key) ?? ownTip(key) ?? (await payable(key, deps))
}

/** An amount that the payer has chosen on the tip page. */
function ownTip(key: string): Choice | undefined {
  const [, digits] = /^tip-(\d{1,9})$/.exec(key) ?? []
  const amount = Number(digits)
  const { least, most } = catalog.tip
  if (!(amount >= least.amount && amount <= most.amount)) return undefined
  return { key: tipKey(amount), money: { amount, currency: least.currency } }
}

/** Where there is Stripe, its page keeps two from paying the same; so it is the only one. */
async function payable(key: string, deps: { config: Config; features: Feature[] }): Promise<Choice | undefined> {
  if (deps.config.stripe.isUsed) return undefined
  for (const feature of deps.features) {
    const request = await feature.payable?.(key)
    if (request) return { key, money: request.money, request }
  }
  return undefined
}

/** In the reader's language. */
export function nameOfChoice({ price, request }: Choice, locale: Locale): string {
  if (request) return request.description
  return price ? nameOf(price, locale) : words[locale].tip
}

/** A gift: neither sold nor asked for. */
export function isTip({ price, request }: Choice): boolean {
  return !price && !request
}

export function tipKey(amount: number): string {
  return `tip-${amount}`
}
