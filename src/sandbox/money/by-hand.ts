import type Stripe from 'stripe'
import { createDispute, type DisputeInput } from '../resources/disputes.ts'
import { available, createPayout } from '../resources/payouts.ts'
import type { Store } from '../store.ts'
import { type Adjustment, adjust, type StripeFeeInput, takeStripeFee } from './adjustments.ts'
import { closeDispute } from './disputes.ts'
import { failPayout, type PayoutFailure } from './payouts.ts'
import { type FailureReason, failRefund, succeedRefund } from './refunds.ts'

/** What banks, payers and Stripe do of their own accord, for tests and for the panel's buttons. */
export interface MoneyByHand {
  /** Also a refund that had succeeded. */
  failRefund(refundId: string, reason?: FailureReason): Promise<Stripe.Refund>
  /** A pending one, without waiting for the wallet. */
  succeedRefund(refundId: string): Promise<Stripe.Refund>
  dispute(chargeId: string, how?: DisputeInput): Promise<Stripe.Dispute>
  /** An inquiry is closed by either. */
  winDispute(disputeId: string): Promise<Stripe.Dispute>
  loseDispute(disputeId: string): Promise<Stripe.Dispute>
  /** Without an amount, all that is available in the settlement currency. */
  payout(how?: { amount?: number; currency?: string }): Promise<Stripe.Payout>
  /** Also a payout that was paid. */
  failPayout(payoutId: string, code?: PayoutFailure): Promise<Stripe.Payout>
  /** What Stripe takes each month: a balance transaction of type stripe_fee. */
  stripeFee(how?: StripeFeeInput): Promise<Stripe.BalanceTransaction>
  /** A balance transaction of any type. */
  adjust(entry: Adjustment): Promise<Stripe.BalanceTransaction>
}

export const moneyByHand = (store: Store): MoneyByHand => ({
  failRefund: (id, reason) => store.write((tx) => failRefund(tx, id, reason)),
  succeedRefund: (id) => store.write((tx) => succeedRefund(tx, id)),
  dispute: (charge, how) => store.write((tx) => createDispute(tx, charge, how)),
  winDispute: (id) => store.write((tx) => closeDispute(tx, id, 'won')),
  loseDispute: (id) => store.write((tx) => closeDispute(tx, id, 'lost')),
  payout: ({ amount, currency = store.config.settlementCurrency } = {}) =>
    store.write(async (tx) => createPayout(tx, { amount: amount ?? (await available(tx, currency)), currency })),
  failPayout: (id, code) => store.write((tx) => failPayout(tx, id, code)),
  stripeFee: (how) => store.write((tx) => takeStripeFee(tx, how)),
  adjust: (entry) => store.write((tx) => adjust(tx, entry)),
})
