import { existsSync } from 'node:fs'
import type { Locale } from './locales.ts'
import { formatMoney, type Money, parseAmount, STRIPE_MAXIMUM, stripeMinimum } from './money.ts'

type Words = Record<Locale, string>

/** What src/catalog.ts says, as a person writes it: amounts as text, '6.6' is ¥6.60. */
export interface CatalogText {
  name: Words
  tagline: Words
  story: Words
  /** ISO 4217, lower case. */
  currency: string
  tip: { presets: readonly string[]; least: string; most: string }
  /** So many credits, as people say it; without it, "2 credits". */
  credits?: Record<Locale, (count: number) => string>
  /** By their keys, which stand in addresses and in Stripe: choose once, never change. */
  products: Record<string, ProductText>
  checkout?: Partial<CheckoutSettings>
  /**
   * Customers may take their money back by themselves, for so many days and up to an amount in each currency that is named.
   * What that means for each kind of purchase is in docs/refunds.md. Without it, they have to ask you.
   */
  refunds?: { days: number; upTo: Record<string, string> }
  /** Your own codes for being paid without Stripe: see docs/offline.md. */
  paymentCodes?: readonly PaymentCode[]
}

/** A code of WeChat Pay, Alipay … that a customer scans to pay straight to you. */
export interface PaymentCode {
  key: string
  name: Words
  /** Its file in src/ui/static: png, jpg or svg. */
  picture: string
}

export interface ProductText {
  name: Words
  description: Words
  /** What its passes and subscriptions open. */
  plan?: string
  prices: Record<string, PriceText>
}

interface PriceText {
  amount: string
  currency?: string
  label?: Words
  /** Credits for each one that is bought. */
  credits?: number
  /** A pass: opens the product's plan for so many days; bought again, for so many more. */
  days?: number
  /** A subscription: opens the product's plan while it is paid. */
  every?: 'month' | 'year'
  trialDays?: number
  /** How many may be bought at once. */
  most?: number
}

export interface CheckoutSettings {
  promotionCodes: boolean
  automaticTax: boolean
  /** Stripe makes an invoice of one-off payments, too. */
  invoices: boolean
}

export type PriceKind = 'purchase' | 'pass' | 'subscription'

export interface Price {
  key: string
  product: Product
  kind: PriceKind
  money: Money
  label: Words | undefined
  credits: number
  days: number | undefined
  every: 'month' | 'year' | undefined
  trialDays: number | undefined
  most: number
}

export interface Product {
  key: string
  name: Words
  description: Words
  plan: string | undefined
  prices: Price[]
}

export interface Catalog {
  name: Words
  tagline: Words
  story: Words
  currency: string
  tip: { presets: Money[]; least: Money; most: Money }
  products: Product[]
  checkout: CheckoutSettings
  credits: Record<Locale, (count: number) => string>
  paymentCodes: PaymentCode[]
  /** Undefined: customers can't take money back by themselves. */
  refunds: { days: number; upTo: Money[] } | undefined
}

/** Turns the catalog's text into money and checks it against Stripe's limits. Throws an Error that says which line is wrong. */
export function defineCatalog(text: CatalogText): Catalog {
  const products = Object.entries(text.products).map(([key, product]) => productOf(key, product, text.currency))
  const keys = products.flatMap((product) => product.prices.map((price) => price.key))
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice) throw wrong(`the price ${twice} stands there twice`)
  const checkout = { promotionCodes: false, automaticTax: false, invoices: false, ...text.checkout }
  const credits = text.credits ?? {
    'zh-CN': (count) => `${count} 次`,
    en: (count) => `${count} ${count === 1 ? 'credit' : 'credits'}`,
  }
  return {
    ...text,
    credits,
    tip: tipOf(text),
    products,
    checkout,
    refunds: refundsOf(text),
    paymentCodes: paymentCodesOf(text),
  }
}

function refundsOf({ refunds }: CatalogText): Catalog['refunds'] {
  if (!refunds) return undefined
  const { days, upTo } = refunds
  if (!Number.isSafeInteger(days) || days < 1) throw wrong(`refunds.days: ${days} is not a whole number of days`)
  const amounts = Object.entries(upTo).map(([currency, value]) => amountOf(value, currency, `refunds.upTo.${currency}`))
  if (amounts.length === 0) throw wrong('refunds.upTo is empty: leave refunds out instead')
  return { days, upTo: amounts }
}

function tipOf({ tip, currency }: CatalogText): Catalog['tip'] {
  const least = amountOf(tip.least, currency, 'tip.least')
  const most = amountOf(tip.most, currency, 'tip.most')
  const presets = tip.presets.map((preset) => amountOf(preset, currency, 'tip.presets'))
  const outside = presets.find((preset) => preset.amount < least.amount || preset.amount > most.amount)
  if (outside) throw wrong(`the preset ${formatMoney(outside, 'en')} is not between tip.least and tip.most`)
  if (presets.length === 0) throw wrong('tip.presets is empty')
  return { presets, least, most }
}

function paymentCodesOf({ paymentCodes = [] }: CatalogText): PaymentCode[] {
  const keys = paymentCodes.map(({ key }) => key)
  const twice = keys.find((key, i) => keys.indexOf(key) !== i)
  if (twice) throw wrong(`the payment code ${twice} stands there twice`)
  for (const { key, picture } of paymentCodes) {
    checkKey(key)
    if (!/^[\w.-]+\.(png|jpe?g|svg)$/.test(picture)) {
      throw wrong(`the payment code ${key}: '${picture}' is not the name of a png, jpg or svg`)
    }
    if (!existsSync(new URL(`./ui/static/${picture}`, import.meta.url))) {
      throw wrong(`the payment code ${key}: there is no src/ui/static/${picture}`)
    }
  }
  return [...paymentCodes]
}

function productOf(key: string, { name, description, plan, prices }: ProductText, currency: string): Product {
  checkKey(key)
  const product: Product = { key, name, description, plan, prices: [] }
  product.prices = Object.entries(prices).map(([priceKey, price]) => priceOf(priceKey, price, product, currency))
  return product
}

function priceOf(key: string, text: PriceText, product: Product, currency: string): Price {
  checkKey(key)
  const { credits = 0, days, every, trialDays, most = 1, label } = text
  const money = amountOf(text.amount, text.currency ?? currency, key)
  const kind = every ? 'subscription' : days ? 'pass' : 'purchase'
  if (every && days) throw wrong(`${key} is either a pass (days) or a subscription (every)`)
  if (kind !== 'purchase' && !product.plan) throw wrong(`${key} opens a plan, but ${product.key} has none`)
  if (trialDays && !every) throw wrong(`${key} has a trial, but is no subscription`)
  for (const count of [credits, days ?? 1, trialDays ?? 1, most]) {
    if (!Number.isSafeInteger(count) || count < 0) throw wrong(`${key}: ${count} is not a whole number`)
  }
  return { key, product, kind, money, label, credits, days, every, trialDays, most }
}

function amountOf(value: string, currency: string, where: string): Money {
  const money = parseAmount(value, currency)
  if (!money) throw wrong(`${where}: '${value}' is not an amount of ${currency}`)
  const minimum = stripeMinimum(currency)
  if (minimum !== undefined && money.amount < minimum) {
    throw wrong(`${where}: ${value} is under what Stripe takes, ${formatMoney({ amount: minimum, currency }, 'en')}`)
  }
  if (money.amount > STRIPE_MAXIMUM) throw wrong(`${where}: ${value} is over what Stripe takes`)
  return money
}

function checkKey(key: string): void {
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(key)) throw wrong(`the key '${key}' may have small letters, digits and dashes`)
}

function wrong(what: string): Error {
  return new Error(`catalog.ts: ${what}`)
}
