import type Stripe from 'stripe'
import { convert } from '../currencies.ts'
import type { Tx } from '../tx.ts'
import { book } from './book.ts'

/** Entries of the balance that no payment explains. */

export interface StripeFeeInput {
  /** What Stripe takes, in minor units. */
  amount?: number
  currency?: string
  description?: string
}

/** What Stripe takes each month, apart from payments. */
export function takeStripeFee(tx: Tx, given: StripeFeeInput = {}): Promise<Stripe.BalanceTransaction> {
  const { currency = tx.config.settlementCurrency } = given
  const { amount = convert(200, 'usd', currency), description = `Stripe fees (${month(tx.now)})` } = given
  return book(tx, {
    type: 'stripe_fee',
    reporting_category: 'fee',
    amount: -amount,
    currency,
    description,
    source: null,
  })
}

export interface Adjustment {
  /** Any of Stripe's, or one that does not exist. */
  type: string
  /** Signed: what is negative leaves the balance. */
  amount: number
  currency?: string
  description?: string
  fee?: number
  reporting_category?: string
  source?: string
}

/** For an application that wants to know what its books do with a type that they have never seen. */
export const adjust = (tx: Tx, { type, amount, ...given }: Adjustment): Promise<Stripe.BalanceTransaction> =>
  book(tx, {
    type,
    amount,
    reporting_category: type === 'adjustment' ? 'other_adjustment' : type,
    currency: tx.config.settlementCurrency,
    description: null,
    source: null,
    ...given,
  })

const month = (ms: number) => new Date(ms).toISOString().slice(0, 7)
