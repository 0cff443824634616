import type Stripe from 'stripe'
import { convert, exchangeRate } from '../currencies.ts'
import { invalid } from '../errors.ts'
import { changed } from '../resources/customers.ts'
import type { EvidenceInput } from '../resources/disputes.ts'
import type { Tx } from '../tx.ts'
import { book, dayAfter } from './book.ts'

/** What becomes of a dispute. */

export const DAY = 24 * 60 * 60 * 1000
/** In US dollars; the account's currency pays what that is worth. */
const FEE = 1500

const isInquiry = ({ status }: Stripe.Dispute) => status.startsWith('warning_')
const isClosed = ({ status }: Stripe.Dispute) => ['won', 'lost', 'warning_closed', 'prevented'].includes(status)

/** The bank takes the money back, and Stripe a fee. */
export async function withdraw(tx: Tx, dispute: Stripe.Dispute): Promise<Stripe.Dispute> {
  const charge = await tx.get<Stripe.Charge>('charge', dispute.charge as string)
  const { currency } = await tx.get<Stripe.BalanceTransaction>(
    'balance_transaction',
    charge.balance_transaction as string,
  )
  const rate = currency === dispute.currency ? null : exchangeRate(dispute.currency, currency)
  const transaction = await book(tx, {
    type: 'adjustment',
    reporting_category: 'dispute',
    amount: -Math.round(dispute.amount * (rate ?? 1)),
    availableOn: dayAfter(tx, 0),
    currency,
    description: `Chargeback withdrawal for ${charge.id}`,
    exchange_rate: rate,
    fee: convert(FEE, 'usd', currency),
    feeDescription: 'Dispute fee',
    source: dispute.id,
  })
  return { ...dispute, balance_transactions: [transaction] }
}

/** The money comes back with the fee: a negative one. */
async function reinstate(tx: Tx, dispute: Stripe.Dispute): Promise<Stripe.Dispute> {
  const [taken] = dispute.balance_transactions as [Stripe.BalanceTransaction]
  const transaction = await book(tx, {
    type: 'adjustment',
    reporting_category: 'dispute_reversal',
    amount: -taken.amount,
    availableOn: dayAfter(tx, 0),
    currency: taken.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    exchange_rate: taken.exchange_rate,
    fee: -taken.fee,
    feeDescription: 'Dispute fee refund',
    source: dispute.id,
  })
  return { ...dispute, balance_transactions: [taken, transaction] }
}

/** Keeps the evidence, and with `submit` hands it in. What the bank answers depends on a word in it, as in Stripe's test mode. */
export async function submitEvidence(
  tx: Tx,
  dispute: Stripe.Dispute,
  before: Stripe.Dispute,
  given: EvidenceInput | undefined,
  submit: boolean,
): Promise<Stripe.Dispute> {
  if (given && isClosed(dispute)) throw invalid('This dispute is already closed.')
  const details = dispute.evidence_details
  const evidence = { ...dispute.evidence, ...given }
  const handsIn = submit && given !== undefined
  const after: Stripe.Dispute = {
    ...dispute,
    evidence,
    evidence_details: {
      ...details,
      has_evidence: details.has_evidence || given !== undefined,
      submission_count: details.submission_count + (handsIn ? 1 : 0),
      submission_method: handsIn ? 'manual' : details.submission_method,
    },
    status: handsIn ? (isInquiry(dispute) ? 'warning_under_review' : 'under_review') : dispute.status,
  }
  if (handsIn) await tx.setTimer('decide', dispute.id, tx.now + tx.config.disputeAfterMs)
  tx.emit('charge.dispute.updated', after, changed(before, after))
  return tx.save(after)
}

/** The bank has read the evidence: the timer. Without one of the words, it waits for a person's decision (see by-hand.ts). */
export async function decide(tx: Tx, id: string): Promise<void> {
  const { data: dispute } = await tx.lock<Stripe.Dispute>('dispute', id)
  if (isClosed(dispute)) return
  const word = dispute.evidence.uncategorized_text
  if (word === 'winning_evidence') await closeDispute(tx, id, 'won')
  if (word === 'losing_evidence') await closeDispute(tx, id, 'lost')
  if (word === 'escalate_inquiry_evidence' && isInquiry(dispute)) await escalate(tx, dispute)
}

/** Nobody answered in time: the timer. */
export async function evidenceDue(tx: Tx, id: string): Promise<void> {
  const { data: dispute } = await tx.lock<Stripe.Dispute>('dispute', id)
  if (!dispute.status.endsWith('needs_response')) return
  await tx.save({ ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } })
  await closeDispute(tx, id, 'lost')
}

/** An inquiry ends without winner. */
export async function closeDispute(tx: Tx, id: string, outcome: 'won' | 'lost'): Promise<Stripe.Dispute> {
  const { data: before } = await tx.lock<Stripe.Dispute>('dispute', id)
  if (isClosed(before)) throw invalid('This dispute is already closed.')
  const inquiry = isInquiry(before)
  const reinstated = outcome === 'won' && !inquiry ? await reinstate(tx, before) : before
  const after: Stripe.Dispute = { ...reinstated, status: inquiry ? 'warning_closed' : outcome }
  if (reinstated !== before) tx.emit('charge.dispute.funds_reinstated', after, changed(before, after))
  tx.emit('charge.dispute.closed', after, changed(before, after))
  return tx.save(after)
}

/** The charge was refunded in full, so there is nothing left to ask about. */
export async function closeInquiry(tx: Tx, id: string): Promise<void> {
  const { data: dispute } = await tx.lock<Stripe.Dispute>('dispute', id)
  if (isInquiry(dispute) && !isClosed(dispute)) await closeDispute(tx, id, 'lost')
}

/** The inquiry becomes a dispute after all, with its own time to answer. */
async function escalate(tx: Tx, inquiry: Stripe.Dispute): Promise<void> {
  const card = inquiry.payment_method_details!.card!
  const dueBy = inquiry.evidence_details.due_by! + (9 * DAY) / 1000
  const after = await withdraw(tx, {
    ...inquiry,
    evidence_details: { ...inquiry.evidence_details, due_by: dueBy },
    is_charge_refundable: false,
    payment_method_details: { type: 'card', card: { ...card, case_type: 'chargeback' } },
    status: 'needs_response',
  })
  await tx.setTimer('evidence_due', inquiry.id, dueBy * 1000)
  tx.emit('charge.dispute.updated', after, changed(inquiry, after))
  tx.emit('charge.dispute.funds_withdrawn', after)
  await tx.save(after)
}
