import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Behaviour, Card } from '../cards.ts'
import type { Method } from '../fees.ts'
import { newId } from '../ids.ts'
import { created, mergeMetadata, metadata, optionalText, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { createdIn, fieldIs } from './filters.ts'
import { billingDetails, type Payer } from './payment-methods.ts'

export const charges: Route[] = [
  get(
    '/charges',
    params({ ...page, created: created.optional(), customer: text().optional(), payment_intent: text().optional() }, [
      'transfer_group',
    ]),
    (tx, given) =>
      tx.list('charge', '/v1/charges', given, [
        fieldIs('customer', given.customer),
        fieldIs('payment_intent', given.payment_intent),
        ...createdIn(given.created),
      ]),
  ),
  get('/charges/:id', params({}), (tx, _, id) => tx.get('charge', id)),
  post(
    '/charges/:id',
    params(
      {
        description: optionalText(1000).optional(),
        metadata: metadata.optional(),
        receipt_email: optionalText().optional(),
      },
      ['customer', 'fraud_details', 'shipping', 'transfer_group'],
    ),
    async (tx, { metadata, ...changes }, id) => {
      const { data: before } = await tx.lock<Stripe.Charge>('charge', id)
      const after = { ...before, ...changes, metadata: mergeMetadata(before.metadata, metadata) }
      tx.emit('charge.updated', after, changed(before, after))
      return tx.save(after)
    },
  ),
]

/** What will become of it, by the card's number. */
export type ChargeHidden = Pick<Behaviour, 'dispute' | 'inquiry' | 'refund' | 'available'>

export interface Attempt {
  intent: Stripe.PaymentIntent
  method: Stripe.PaymentMethod
  card?: Card
  payer: Payer
  /** The payer went through 3-D Secure. */
  authenticated: boolean
}

/** Money that came, or was refused. Its balance transaction is unknown until it settles (see settlement.ts). */
export async function createCharge(tx: Tx, attempt: Attempt): Promise<Stripe.Charge> {
  const { intent, method, card, payer } = attempt
  const decline = card?.behaviour.decline
  const id = newId(card ? 'ch_3' : 'py_3')
  const charge: Stripe.Charge = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: decline ? 0 : intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: billingDetails(payer),
    calculated_statement_descriptor: card ? (intent.statement_descriptor ?? 'SANDBOX') : null,
    captured: !decline,
    created: tx.seconds,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcome(attempt),
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      type: method.type,
      [method.type]: card
        ? cardDetails(attempt, card)
        : walletDetails(method.type as Method, method.billing_details.email),
    },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: decline ? null : `${tx.config.baseUrl}/sandbox/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: decline ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
  const { dispute, inquiry, refund, available } = card?.behaviour ?? {}
  if (dispute && !decline) await tx.setTimer('dispute', id, tx.now + tx.config.disputeAfterMs)
  return tx.insert(charge, { dispute, inquiry, refund, available } satisfies ChargeHidden)
}

function outcome({ card }: Attempt): Stripe.Charge.Outcome {
  const decline = card?.behaviour.decline
  return {
    advice_code: decline ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: decline ? 'declined_by_network' : 'approved_by_network',
    reason: decline ? (decline.decline_code ?? decline.code) : null,
    risk_level: 'normal',
    ...(card && { risk_score: 20 }),
    seller_message: decline ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
    type: decline ? 'issuer_declined' : 'authorized',
  }
}

const cardDetails = ({ intent, authenticated }: Attempt, card: Card): Stripe.Charge.PaymentMethodDetails.Card => ({
  amount_authorized: card.behaviour.decline ? null : intent.amount,
  authorization_code: card.behaviour.decline ? null : '123456',
  brand: card.brand,
  checks: {
    address_line1_check: null,
    address_postal_code_check: null,
    cvc_check: card.behaviour.decline?.code === 'incorrect_cvc' ? 'fail' : 'pass',
  },
  country: card.country,
  electronic_commerce_indicator: authenticated ? '05' : null,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  fingerprint: card.fingerprint,
  funding: 'credit',
  installments: null,
  last4: card.last4,
  mandate: null,
  network: card.brand,
  network_transaction_id: null,
  regulated_status: 'unregulated',
  three_d_secure: authenticated
    ? {
        authentication_flow: 'challenge',
        electronic_commerce_indicator: '05',
        exemption_indicator: null,
        result: 'authenticated',
        result_reason: null,
        transaction_id: null,
        version: '2.2.0',
      }
    : null,
  transaction_link_id: null,
  wallet: null,
})

const walletDetails = (type: Method, payer: string | null) => ({
  // A wallet is a person's, here by the address that they write.
  fingerprint: createHash('sha256').update(`${type} ${payer}`).digest('base64url').slice(0, 16),
  transaction_id: newId('', 16),
  ...(type === 'alipay' && { buyer_id: '2088000000000000' }),
})
