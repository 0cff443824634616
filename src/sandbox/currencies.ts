/** What one major unit is worth in US dollars: invented, constant, near enough to tell a wrong conversion from a right one. */
const IN_DOLLARS: Record<string, number> = {
  usd: 1,
  cny: 0.14,
  hkd: 0.128,
  aud: 0.66,
  cad: 0.72,
  chf: 1.24,
  czk: 0.047,
  dkk: 0.154,
  eur: 1.15,
  gbp: 1.33,
  idr: 0.00006,
  inr: 0.0113,
  jpy: 0.0066,
  krw: 0.0007,
  kwd: 3.26,
  mxn: 0.054,
  myr: 0.24,
  nok: 0.099,
  nzd: 0.58,
  php: 0.017,
  pln: 0.27,
  sek: 0.105,
  sgd: 0.77,
  thb: 0.03,
  twd: 0.032,
}

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units. */
const MINIMUMS: Record<string, number> = {
  usd: 50,
  aud: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  inr: 50,
  jpy: 50,
  krw: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  php: 50,
  pln: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
}

export const CURRENCIES = Object.keys(IN_DOLLARS)
/** Wallets take eight digits, cards twelve: the sandbox holds to the lower of both. */
export const MAXIMUM = 99_999_999

export const decimalsOf = (currency: string) => (ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2)

/** Minor units of `to` for one minor unit of `from`. */
export function exchangeRate(from: string, to: string): number {
  const rate = IN_DOLLARS[from]! / IN_DOLLARS[to]! / 10 ** (decimalsOf(from) - decimalsOf(to))
  return Number(rate.toPrecision(6))
}

export const convert = (amount: number, from: string, to: string) => Math.round(amount * exchangeRate(from, to))

/**
 * The least that can be charged: the minimum of the currency that the money settles in, after conversion, and the own one.
 * Stripe names none for CNY. An account that settles in CNY is one in Hong Kong here, so HK$4 stands for it.
 */
export function minimumFor(currency: string, settlement: string): number {
  const settled = MINIMUMS[settlement] === undefined ? 'hkd' : settlement
  return Math.max(MINIMUMS[currency] ?? 0, Math.ceil(MINIMUMS[settled]! * exchangeRate(settled, currency)))
}

export function format(amount: number, currency: string, locale = 'en'): string {
  const digits = decimalsOf(currency)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: currency.toUpperCase(),
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits)
}
