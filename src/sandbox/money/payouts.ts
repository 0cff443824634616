import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { changed } from '../resources/customers.ts'
import type { Tx } from '../tx.ts'
import { book } from './book.ts'

/** What becomes of a payout. */

const FAILURES = {
  account_closed: 'The bank account has been closed.',
  account_frozen: 'The bank account has been frozen.',
  could_not_process: 'The bank could not process this payout.',
  declined: 'The bank has declined this payout.',
  insufficient_funds: 'Your Stripe account has insufficient funds to cover the payout.',
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located with those details.',
}
export type PayoutFailure = keyof typeof FAILURES

/** The bank has it: a timer. */
export async function payoutLeaves(tx: Tx, id: string): Promise<void> {
  const { data: before } = await tx.lock<Stripe.Payout>('payout', id)
  if (before.status !== 'pending') return
  const after: Stripe.Payout = { ...before, status: 'in_transit', trace_id: { status: 'pending', value: null } }
  tx.emit('payout.updated', after, changed(before, after))
  await tx.save(after)
}

/** Stripe expects that it has arrived: a timer. The bank may still send it back. */
export async function payoutArrives(tx: Tx, id: string): Promise<void> {
  const { data: before } = await tx.lock<Stripe.Payout>('payout', id)
  if (before.status !== 'in_transit') return
  const after: Stripe.Payout = {
    ...before,
    reconciliation_status: before.automatic ? 'completed' : 'not_applicable',
    status: 'paid',
    trace_id: { status: 'unsupported', value: null },
  }
  tx.emit('payout.updated', after, changed(before, after))
  tx.emit('payout.paid', after)
  if (after.automatic) tx.emit('payout.reconciliation_completed', after)
  await tx.save(after)
}

/** Also after it was paid. */
export async function failPayout(tx: Tx, id: string, code: PayoutFailure = 'account_closed'): Promise<Stripe.Payout> {
  const { data } = await tx.lock<Stripe.Payout>('payout', id)
  if (data.status === 'failed' || data.status === 'canceled') throw invalid(`This payout is already ${data.status}.`)
  return endPayout(tx, { ...data, failure_code: code, failure_message: FAILURES[code] }, 'failed')
}

/** The money is in the balance again. */
export async function endPayout(tx: Tx, payout: Stripe.Payout, status: 'failed' | 'canceled'): Promise<Stripe.Payout> {
  const transaction = await book(tx, {
    type: status === 'failed' ? 'payout_failure' : 'payout_cancel',
    reporting_category: 'payout_reversal',
    amount: payout.amount,
    currency: payout.currency,
    description: status === 'failed' ? 'REVERSAL: STRIPE PAYOUT' : 'CANCELED: STRIPE PAYOUT',
    source: payout.id,
  })
  const after: Stripe.Payout = { ...payout, failure_balance_transaction: transaction.id, status }
  tx.emit('payout.updated', after, { status: payout.status, failure_balance_transaction: null })
  tx.emit(`payout.${status}`, after)
  return tx.save(after)
}
