import { decimalsOf, type Money, stripeMinimum } from '../money.ts'

/**
 * WHAT STRIPE TAKES, ABOUT. Gathered on 2026-11-24 to tell an owner beforehand what is left of a price; the books only ever
 * hold what Stripe really took. Stripe's own list for your country counts, and changes: https://stripe.com/pricing
 *
 * us: https://stripe.com/pricing as it was on 2026-09-20 (2.9% + 30¢, +1.5% for cards from abroad, +1% to convert, Billing 0.7%).
 * hk, sg: https://support.stripe.com/questions/faq-for-pricing-of-international-card-payments-in-singapore-and-hong-kong
 *   (3.4% for all cards, none extra from abroad, 2% to convert); the fixed parts HK$2.35 and S$0.50 as others report them.
 * eu, gb, au, ca, jp: as others report them, not read at Stripe.
 * ASSUMED, since no page of Stripe's was at hand: all of `wallet` (Alipay and WeChat Pay). In Hong Kong and Singapore a little
 * under the cards, as the local sandbox has it; elsewhere as a card from abroad. And 0.7% for Billing outside the US.
 */
const FEES = {
  us: fees('usd', { card: [290, 30], abroad: [440, 30], wallet: [440, 30], conversion: 100 }),
  hk: fees('hkd', { card: [340, 235], abroad: [340, 235], wallet: [220, 235], conversion: 200 }),
  sg: fees('sgd', { card: [340, 50], abroad: [340, 50], wallet: [220, 50], conversion: 200 }),
  eu: fees('eur', { card: [150, 25], abroad: [325, 25], wallet: [325, 25], conversion: 200 }),
  gb: fees('gbp', { card: [150, 20], abroad: [325, 20], wallet: [325, 20], conversion: 200 }),
  au: fees('aud', { card: [170, 30], abroad: [350, 30], wallet: [350, 30], conversion: 200 }),
  ca: fees('cad', { card: [290, 30], abroad: [370, 30], wallet: [370, 30], conversion: 200 }),
  jp: fees('jpy', { card: [360, 0], abroad: [360, 0], wallet: [360, 0], conversion: 200 }),
}
const BILLING = 70

/** `card` is one of the account's own country, `abroad` any other; `wallet` is Alipay or WeChat Pay. */
export type Way = 'card' | 'abroad' | 'wallet'

export interface Estimate {
  /** Minor units of the price's currency; fee + net is the price. */
  fee: number
  /** Below zero when the fee is more than the price. */
  net: number
  /** The least that Stripe charges in this currency, where it names one. */
  minimum: number | undefined
  isEstimate: true
}

export interface Account {
  /** The currency that the account is paid out in; without it that of the price, so that nothing is converted. */
  settlement?: string | undefined
  /** Stripe Billing takes its part of subscriptions. */
  isSubscription?: boolean
}

/** What is about left of a price after Stripe's fee. An account that settles in a currency not listed here counts as one in Hong Kong. */
export function whatIsLeft(money: Money, way: Way, account: Account = {}): Estimate {
  const { settlement = money.currency, isSubscription = false } = account
  const { currency, conversion, ...ways } = FEES[regionOf(settlement)]
  const [percent, fixed] = ways[way]
  const arrives = money.amount - partOf(money.amount, settlement === money.currency ? 0 : conversion)
  const taken = partOf(arrives, percent + (isSubscription ? BILLING : 0)) + convert(fixed, currency, money.currency)
  const net = arrives - taken
  return { fee: money.amount - net, net, minimum: stripeMinimum(money.currency), isEstimate: true }
}

const REGIONS: Record<string, keyof typeof FEES> = {
  usd: 'us',
  sgd: 'sg',
  eur: 'eu',
  gbp: 'gb',
  aud: 'au',
  cad: 'ca',
  jpy: 'jp',
}
// Yuan are paid out to nobody in mainland China: who charges them has an account elsewhere, most likely in Hong Kong.
function regionOf(settlement: string): keyof typeof FEES {
  return REGIONS[settlement] ?? 'hk'
}

/** Rates in hundredths of a percent, fixed parts in minor units of the account's currency. */
type Rate = [hundredths: number, fixed: number]
function fees(currency: string, rates: Record<Way, Rate> & { conversion: number }) {
  return { currency, ...rates }
}

function partOf(amount: number, hundredths: number): number {
  return Math.floor((amount * hundredths + 5_000) / 10_000)
}

/** ASSUMED, roughly as in November 2026: what one major unit is worth, in millionths of a US dollar. For the fixed parts alone. */
const WORTH: Record<string, number> = {
  usd: 1_000_000,
  aud: 660_000,
  cad: 720_000,
  chf: 1_240_000,
  cny: 140_000,
  eur: 1_150_000,
  gbp: 1_330_000,
  hkd: 128_000,
  jpy: 6_600,
  myr: 240_000,
  nzd: 580_000,
  sgd: 770_000,
}

function convert(amount: number, from: string, to: string): number {
  const [one, other] = [WORTH[from], WORTH[to]]
  // A currency we have no idea of: better no estimate of the fixed part than a wrong one by a factor of a hundred.
  if (from === to || !one || !other) return from === to ? amount : 0
  return Math.round((amount * one * 10 ** decimalsOf(to)) / (other * 10 ** decimalsOf(from)))
}
