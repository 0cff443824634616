import type Stripe from 'stripe'
import { exchangeRate, format } from '../currencies.ts'
import { invalid, StripeError } from '../errors.ts'
import { newId } from '../ids.ts'
import { book } from '../money/book.ts'
import { closeInquiry } from '../money/disputes.ts'
import { created, integer, mergeMetadata, metadata, oneOf, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import { settledCharge } from '../settlement.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { disputeOf } from './disputes.ts'
import { createdIn, fieldIs } from './filters.ts'

const metadataParam = metadata.optional()

export const refunds: Route[] = [
  post(
    '/refunds',
    params(
      {
        amount: integer({ min: 1 }).optional(),
        charge: text().optional(),
        metadata: metadataParam,
        payment_intent: text().optional(),
        reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer').optional(),
      },
      ['currency', 'customer', 'instructions_email', 'origin', 'refund_application_fee', 'reverse_transfer'],
    ),
    async (tx, { charge, payment_intent, ...given }) =>
      createRefund(tx, charge ?? (await chargeOf(tx, payment_intent)), given),
  ),
  get(
    '/refunds',
    params({
      ...page,
      charge: text().optional(),
      created: created.optional(),
      payment_intent: text().optional(),
    }),
    (tx, given) =>
      tx.list('refund', '/v1/refunds', given, [
        fieldIs('charge', given.charge),
        fieldIs('payment_intent', given.payment_intent),
        ...createdIn(given.created),
      ]),
  ),
  get('/refunds/:id', params({}), (tx, _, id) => tx.get('refund', id)),
  post('/refunds/:id', params({ metadata: metadataParam }), async (tx, given, id) => {
    const { data: before } = await tx.lock<Stripe.Refund>('refund', id)
    const after = { ...before, metadata: mergeMetadata(before.metadata ?? {}, given.metadata) }
    tx.emit('refund.updated', after, changed(before, after))
    return tx.save(after)
  }),
  post('/refunds/:id/cancel', params({}), async (tx, _, id) => {
    const { status } = await tx.get<Stripe.Refund>('refund', id)
    // Those are refunds that wait for the customer's bank details; cards and wallets never do.
    throw invalid(`Only refunds with status requires_action can be canceled. This refund has status ${status}.`)
  }),
]

export interface RefundInput {
  amount?: number
  metadata?: Parameters<typeof mergeMetadata>[1]
  reason?: Stripe.RefundCreateParams.Reason
}

/** What the timer needs to know: Stripe's test cards take refunds as their number says. */
export interface RefundHidden {
  fails?: boolean
}

/** Takes the money out of the balance. A card's refund has succeeded at once, a wallet's waits (see money/refunds.ts). */
export async function createRefund(tx: Tx, chargeId: string, given: RefundInput = {}): Promise<Stripe.Refund> {
  const { data: charge, hidden } = await settledCharge(tx, chargeId)
  const amount = given.amount ?? charge.amount - charge.amount_refunded
  const dispute = await refuse(tx, charge, amount)
  const card = charge.payment_method_details!.type === 'card'
  const pending = !card || hidden.refund === 'later'
  const id = newId(card ? 're_3' : 'pyr_1')
  const transaction = await bookRefund(tx, charge, id, amount)

  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: tx.seconds,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: destination(charge),
    metadata: mergeMetadata({}, given.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(pending && { pending_reason: 'processing' }),
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: pending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  await tx.insert(refund, { fails: hidden.refund === 'fails' } satisfies RefundHidden)
  await tx.setTimer('refund', id, tx.now + tx.config.refundAfterMs)
  tx.emit('refund.created', refund)

  const refunded = charge.amount_refunded + amount
  const after = { ...charge, amount_refunded: refunded, refunded: refunded >= charge.amount }
  tx.emit('charge.refunded', after, changed(charge, after))
  await tx.save(after)
  if (dispute && after.refunded) await closeInquiry(tx, dispute.id)
  return refund
}

async function chargeOf(tx: Tx, intentId: string | undefined): Promise<string> {
  if (!intentId)
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.')
  const intent = await tx.named<Stripe.PaymentIntent>('payment_intent', intentId, 'payment_intent')
  if (intent.status === 'succeeded') return intent.latest_charge as string
  throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
    param: 'payment_intent',
  })
}

/** Throws where Stripe would not give the money back. Returns the dispute that does not stand in the way. */
async function refuse(tx: Tx, charge: Stripe.Charge, amount: number): Promise<Stripe.Dispute | undefined> {
  const of = (code: string, message: string) => new StripeError(400, { type: 'invalid_request_error', code, message })
  const dispute = await disputeOf(tx, charge.id)
  if (dispute && !dispute.is_charge_refundable) {
    throw of('charge_disputed', `Charge ${charge.id} has been charged back; cannot issue a refund.`)
  }
  if (charge.refunded) throw of('charge_already_refunded', `Charge ${charge.id} has already been refunded.`)
  const left = charge.amount - charge.amount_refunded
  if (amount <= left) return dispute
  const money = (value: number) => format(value, charge.currency)
  throw invalid(
    left === charge.amount
      ? `Refund amount (${money(amount)}) is greater than charge amount (${money(left)})`
      : `Refund amount (${money(amount)}) is greater than unrefunded amount on charge (${money(left)})`,
    { param: 'amount' },
  )
}

/** At the day's rate, without the conversion fee: with a foreign currency, more goes out than had come in. */
async function bookRefund(tx: Tx, charge: Stripe.Charge, source: string, amount: number) {
  const { currency, type } = await tx.get<Stripe.BalanceTransaction>(
    'balance_transaction',
    charge.balance_transaction as string,
  )
  const rate = currency === charge.currency ? null : exchangeRate(charge.currency, currency)
  return book(tx, {
    type: type === 'charge' ? 'refund' : 'payment_refund',
    reporting_category: 'refund',
    amount: -Math.round(amount * (rate ?? 1)),
    currency,
    description: `REFUND FOR ${type.toUpperCase()}${charge.description ? ` (${charge.description})` : ''}`,
    exchange_rate: rate,
    source,
  })
}

function destination({ payment_method_details }: Stripe.Charge): Stripe.Refund.DestinationDetails {
  const { type } = payment_method_details!
  if (type !== 'card') return { type, [type]: {} }
  return {
    type,
    card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
  }
}

/** What `expand: ['refunds']` puts on a charge: the latest ten. */
export const refundsOf = (tx: Tx, charge: string) =>
  tx.list('refund', `/v1/charges/${charge}/refunds`, {}, [fieldIs('charge', charge)])
