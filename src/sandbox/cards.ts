import { createHash } from 'node:crypto'
import { newId } from './ids.ts'

/** What a card is known by afterwards: never its number. */
export interface Card {
  brand: string
  country: string
  exp_month: number
  exp_year: number
  fingerprint: string
  last4: string
  /** Stripe's test cards do as their number says. */
  behaviour: Behaviour
}

export interface Decline {
  code: string
  decline_code?: string
  message: string
}

export interface Behaviour {
  decline?: Decline
  /** Asks for 3-D Secure; `always`: for each renewal too. */
  authenticate?: true | 'always'
  /** Can be kept, and then fails whenever it is charged. */
  chargeFails?: true
  /** Disputed after a while: the reason. */
  dispute?: string
  /** … and that is only an inquiry. */
  inquiry?: true
  /** Its refunds are pending at first, or fail in the end. */
  refund?: 'later' | 'fails'
  /** Its money is available at once. */
  available?: true
}

const declined = (decline_code: string, message = 'Your card was declined.', code = 'card_declined'): Behaviour => ({
  decline: { code, ...(code === 'card_declined' && { decline_code }), message },
})

export const GENERIC_DECLINE = declined('generic_decline').decline!

/** https://docs.stripe.com/testing */
const TEST_CARDS: Record<string, Behaviour> = {
  '4242424242424242': {},
  '4000056655665556': {},
  '5555555555554444': {},
  '2223003122003222': {},
  '5200828282828210': {},
  '378282246310005': {},
  '3566002020360505': {},
  '6200000000000005': {},
  '6011111111111117': {},
  '4000001560000002': {},
  '4000003440000004': {},
  '4000000000000002': declined('generic_decline'),
  '4000000000009995': declined('insufficient_funds', 'Your card has insufficient funds.'),
  '4000000000009987': declined('lost_card'),
  '4000000000009979': declined('stolen_card'),
  '4100000000000019': declined('fraudulent'),
  '4000000000000069': declined('', 'Your card has expired.', 'expired_card'),
  '4000000000000127': declined('', "Your card's security code is incorrect.", 'incorrect_cvc'),
  '4000000000000119': declined(
    '',
    'An error occurred while processing your card. Try again in a little bit.',
    'processing_error',
  ),
  '4000002500003155': { authenticate: true },
  '4000002760003184': { authenticate: 'always' },
  '4000000000003220': { authenticate: true },
  '4000008400001629': { authenticate: true, ...declined('generic_decline') },
  '4000000000000341': { chargeFails: true },
  '4000000000000259': { dispute: 'fraudulent' },
  '4000000000002685': { dispute: 'product_not_received' },
  '4000000000001976': { dispute: 'fraudulent', inquiry: true },
  '4000000000007726': { refund: 'later' },
  '4000000000005126': { refund: 'fails' },
  '4000000000000077': { available: true },
}

const COUNTRIES: Record<string, string> = {
  '4000001560000002': 'CN',
  '6200000000000005': 'CN',
  '4000003440000004': 'HK',
  '3566002020360505': 'JP',
}

/** The card as it behaves when money is asked of it. */
export const charged = (card: Card): Card =>
  card.behaviour.chargeFails ? { ...card, behaviour: { decline: GENERIC_DECLINE } } : card

/** What the API calls test cards: `pm_card_visa`, `tok_visa`. */
const NAMES: Record<string, string> = {
  visa: '4242424242424242',
  mastercard: '5555555555554444',
  unionpay: '6200000000000005',
  jcb: '3566002020360505',
  chargeDeclined: '4000000000000002',
  visa_chargeDeclined: '4000000000000002',
  chargeDeclinedInsufficientFunds: '4000000000009995',
  visa_chargeDeclinedInsufficientFunds: '4000000000009995',
  chargeCustomerFail: '4000000000000341',
  authenticationRequired: '4000002760003184',
  createDispute: '4000000000000259',
}

export const numberOf = (name: string): string | undefined => NAMES[name.replace(/^(pm_card_|tok_)/, '')]

/** A test card, by its number alone. */
export function testCard(number: string): Card {
  const read = readCard({ number, expiry: '12/34', cvc: '123' }, new Date())
  if ('problems' in read) throw new Error(`not a card number: ${number}`)
  return read.card
}

export interface TypedCard {
  number: string
  /** MM / YY */
  expiry: string
  cvc: string
}

export type CardProblem =
  | 'number_incomplete'
  | 'number_invalid'
  | 'expiry_incomplete'
  | 'expiry_past'
  | 'cvc_incomplete'

/** Reads what was typed, or says what is wrong with each field. */
export function readCard(
  typed: TypedCard,
  now: Date,
): { card: Card } | { problems: Partial<Record<keyof TypedCard, CardProblem>> } {
  const number = typed.number.replace(/[\s-]/g, '')
  const [, month = '', year = ''] = /^\s*(\d{1,2})\s*\/?\s*(?:20)?(\d{2})\s*$/.exec(typed.expiry) ?? []
  const exp_month = Number(month)
  const exp_year = 2000 + Number(year)
  const problems: Partial<Record<keyof TypedCard, CardProblem>> = {}

  if (!/^\d{13,19}$/.test(number)) problems.number = 'number_incomplete'
  else if (!luhn(number)) problems.number = 'number_invalid'
  if (!month || exp_month < 1 || exp_month > 12) problems.expiry = 'expiry_incomplete'
  else if (new Date(Date.UTC(exp_year, exp_month, 1)) <= now) problems.expiry = 'expiry_past'
  if (!/^\d{3,4}$/.test(typed.cvc.trim())) problems.cvc = 'cvc_incomplete'
  if (Object.keys(problems).length) return { problems }

  return {
    card: {
      brand: brandOf(number),
      country: COUNTRIES[number] ?? 'US',
      exp_month,
      exp_year,
      fingerprint: fingerprintOf(number),
      last4: number.slice(-4),
      behaviour: TEST_CARDS[number] ?? LIVE_CARD,
    },
  }
}

// A real card's number must not be guessable from what is kept.
const fingerprintOf = (number: string) =>
  TEST_CARDS[number] ? createHash('sha256').update(number).digest('hex').slice(0, 16) : newId('', 16)

const LIVE_CARD = declined(
  'test_mode_live_card',
  'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
)

function luhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function brandOf(number: string): string {
  if (/^4/.test(number)) return 'visa'
  if (/^(5[1-5]|2[2-7])/.test(number)) return 'mastercard'
  if (/^3[47]/.test(number)) return 'amex'
  if (/^35/.test(number)) return 'jcb'
  if (/^62/.test(number)) return 'unionpay'
  return /^6/.test(number) ? 'discover' : 'unknown'
}
