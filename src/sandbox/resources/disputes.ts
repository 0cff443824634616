import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import { closeDispute, DAY, submitEvidence, withdraw } from '../money/disputes.ts'
import { boolean, created, mergeMetadata, metadata, optionalText, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import { settledCharge } from '../settlement.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'

const TEXTS = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const

const evidence = z.strictObject(
  Object.fromEntries(TEXTS.map((name) => [name, optionalText(20_000).optional()])) as Record<
    (typeof TEXTS)[number],
    z.ZodOptional<ReturnType<typeof optionalText>>
  >,
)
export type EvidenceInput = z.output<typeof evidence>

export const disputes: Route[] = [
  get(
    '/disputes',
    params({
      ...page,
      charge: text().optional(),
      created: created.optional(),
      payment_intent: text().optional(),
    }),
    (tx, given) =>
      tx.list('dispute', '/v1/disputes', given, [
        fieldIs('charge', given.charge),
        fieldIs('payment_intent', given.payment_intent),
        ...createdIn(given.created),
      ]),
  ),
  get('/disputes/:id', params({}), (tx, _, id) => tx.get('dispute', id)),
  post(
    '/disputes/:id',
    params({ evidence: evidence.optional(), metadata: metadata.optional(), submit: boolean.default(true) }, [
      'intended_submission_method',
    ]),
    async (tx, given, id) => {
      const { data } = await tx.lock<Stripe.Dispute>('dispute', id)
      const metadata = mergeMetadata(data.metadata, given.metadata)
      return submitEvidence(tx, { ...data, metadata }, data, given.evidence, given.submit)
    },
  ),
  post('/disputes/:id/close', params({}), (tx, _, id) => closeDispute(tx, id, 'lost')),
]

export interface DisputeInput {
  /** In the charge's currency; without it, what is not refunded. */
  amount?: number
  reason?: string
  /** The bank only asks: no money moves unless it becomes a dispute. */
  inquiry?: boolean
}

/** The payer went to the bank. */
export async function createDispute(tx: Tx, chargeId: string, given: DisputeInput = {}): Promise<Stripe.Dispute> {
  const { data: charge } = await settledCharge(tx, chargeId)
  const { card } = charge.payment_method_details!
  if (!card) throw invalid(`${charge.payment_method_details!.type} has no disputes.`)
  if (await disputeOf(tx, charge.id)) throw invalid(`Charge ${charge.id} is already disputed.`)

  const { reason = 'fraudulent', inquiry = false } = given
  const left = charge.amount - charge.amount_refunded
  const dispute: Stripe.Dispute = {
    id: newId('du_1'),
    object: 'dispute',
    amount: given.amount ?? (left || charge.amount),
    balance_transactions: [],
    charge: charge.id,
    created: tx.seconds,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {
      ...(Object.fromEntries(TEXTS.map((name) => [name, null])) as Record<(typeof TEXTS)[number], null>),
      customer_email_address: charge.billing_details.email,
      customer_name: charge.billing_details.name,
      enhanced_evidence: {},
    },
    evidence_details: {
      due_by: endOfDay(tx.now + 9 * DAY),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: 'card',
      card: {
        brand: card.brand ?? 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: card.network ?? 'visa',
        network_reason_code: NETWORK_REASONS[reason] ?? null,
      },
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  }
  await tx.insert(dispute)
  await tx.setTimer('evidence_due', dispute.id, dispute.evidence_details.due_by! * 1000)
  await tx.save({ ...charge, disputed: true })
  const withdrawn = inquiry ? dispute : await withdraw(tx, dispute)
  tx.emit('charge.dispute.created', withdrawn)
  if (!inquiry) tx.emit('charge.dispute.funds_withdrawn', withdrawn)
  return tx.save(withdrawn)
}

/** Visa's numbers. */
const NETWORK_REASONS: Record<string, string> = {
  credit_not_processed: '13.6',
  duplicate: '12.6',
  fraudulent: '10.4',
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  subscription_canceled: '13.2',
}

const endOfDay = (ms: number) => Math.ceil(ms / DAY) * (DAY / 1000) - 1

/** A charge has at most one here. It is not on the charge: one has to ask. */
export async function disputeOf(tx: Tx, charge: string): Promise<Stripe.Dispute | undefined> {
  return (await tx.list<Stripe.Dispute>('dispute', '', { limit: 1 }, [fieldIs('charge', charge)])).data[0]
}

/** The timer of the card that is disputed after it paid. */
export async function disputeByCard(tx: Tx, chargeId: string): Promise<void> {
  const { hidden } = (await tx.row<Stripe.Charge, { dispute?: string; inquiry?: boolean }>('charge', chargeId))!
  if (await disputeOf(tx, chargeId)) return
  await createDispute(tx, chargeId, { reason: hidden.dispute, inquiry: hidden.inquiry })
}
