/**
 * Money is a whole number of minor units with its currency: `{ amount: 660, currency: 'cny' }` is ¥6.60.
 * How many decimals a currency has is Stripe's rule, not Intl's (they differ for ISK, HUF, UGX …):
 * https://docs.stripe.com/currencies#zero-decimal
 */
export interface Money {
  /** Minor units, as Stripe counts them. */
  amount: number
  /** ISO 4217, lower case, as Stripe writes it. */
  currency: string
}

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))

export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.has(currency)) return 0
  return THREE_DECIMAL.has(currency) ? 3 : 2
}

/**
 * The least that Stripe charges, in minor units of `currency`; undefined where Stripe names none.
 * The minimum is that of the settlement currency after conversion. CNY is not in Stripe's table: ¥6 is above
 * every listed minimum (the tightest, CZK 15, is about ¥5). https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
export function stripeMinimum(currency: string): number | undefined {
  return STRIPE_MINIMUMS[currency]
}

const STRIPE_MINIMUMS: Record<string, number> = {
  cny: 600,
  usd: 50,
  aud: 50,
  cad: 50,
  chf: 50,
  eur: 50,
  gbp: 30,
  hkd: 400,
  jpy: 50,
  myr: 200,
  nzd: 50,
  sgd: 50,
}

/** The currencies whose least amount we know. */
export const KNOWN_CURRENCIES = Object.keys(STRIPE_MINIMUMS)

/** Eight digits: the most that Stripe takes for methods other than cards, in minor units. */
export const STRIPE_MAXIMUM = 99_999_999

/**
 * Reads what a person typed ("6.6", "¥6.60", "1,000") as text, never through a float.
 * Undefined for anything that is not a plain positive decimal in that currency: too many decimals, exponents,
 * signs, other digits than 0-9 and their full-width forms.
 */
export function parseAmount(text: string, currency: string): Money | undefined {
  // A Chinese keyboard types １６．６.
  const bare = text
    .normalize('NFKC')
    .trim()
    .replace(SYMBOLS[currency] ?? /^$/, '')
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,3}))?$/.exec(bare)
  if (!match) return undefined
  const [, whole = '', fraction = ''] = match
  const decimals = decimalsOf(currency)
  if (fraction.length > decimals) return undefined
  const amount = Number(whole.replaceAll(',', '') + fraction.padEnd(decimals, '0'))
  return Number.isSafeInteger(amount) ? { amount, currency } : undefined
}

// Only the currency's own sign: $6 is not six yuan.
const SYMBOLS: Record<string, RegExp> = {
  cny: /^[¥￥]\s?/,
  jpy: /^[¥￥]\s?/,
  usd: /^\$\s?/,
  hkd: /^(?:HK)?\$\s?/,
  eur: /^€\s?/,
  gbp: /^£\s?/,
}

/** "6.60": the amount as a plain decimal, for CSV and machines. */
export function decimal({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/**
 * "¥6.60", in the reader's language.
 * `short` drops an empty or trailing zero decimal as people write it on a red packet: "¥6.6", "¥66".
 */
export function formatMoney(money: Money, locale: string, { short = false } = {}): string {
  const decimals = decimalsOf(money.currency)
  const text = decimal(money)
  const needed = (text.split('.')[1] ?? '').replace(/0+$/, '').length
  return formatter(locale, money.currency, short ? needed : decimals).format(text as Intl.StringNumericLiteral)
}

const formatters = new Map<string, Intl.NumberFormat>()
function formatter(locale: string, currency: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${currency} ${digits}`
  let found = formatters.get(key)
  if (!found) {
    found = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: currency.toUpperCase(),
      // An English reader sees "CN¥6.60" otherwise.
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formatters.set(key, found)
  }
  return found
}
