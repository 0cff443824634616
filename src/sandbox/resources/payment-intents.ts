import type Stripe from 'stripe'
import type { Decline } from '../cards.ts'
import type { Method } from '../fees.ts'
import { newId } from '../ids.ts'
import { created, mergeMetadata, metadata, optionalText, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'

const later = [
  'amount',
  'allowed_payment_method_types',
  'amount_details',
  'application_fee_amount',
  'capture_method',
  'currency',
  'customer',
  'customer_account',
  'excluded_payment_method_types',
  'hooks',
  'payment_details',
  'payment_method',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
]

export const paymentIntents: Route[] = [
  get(
    '/payment_intents',
    params({ ...page, created: created.optional(), customer: text().optional() }, ['customer_account']),
    (tx, given) =>
      tx.list('payment_intent', '/v1/payment_intents', given, [
        fieldIs('customer', given.customer),
        ...createdIn(given.created),
      ]),
  ),
  get('/payment_intents/:id', params({ client_secret: text().optional() }), (tx, _, id) =>
    tx.get('payment_intent', id, 'intent'),
  ),
  post(
    '/payment_intents/:id',
    params(
      {
        description: optionalText(1000).optional(),
        metadata: metadata.optional(),
        receipt_email: optionalText().optional(),
      },
      later,
    ),
    async (tx, { metadata, ...changes }, id) => {
      const { data: before } = await tx.lock<Stripe.PaymentIntent>('payment_intent', id, 'intent')
      return tx.save({ ...before, ...changes, metadata: mergeMetadata(before.metadata, metadata) })
    },
  ),
]

export interface PaymentIntentInput {
  amount: number
  currency: string
  customer: string | null
  description: string | null
  metadata: Record<string, string>
  methods: Method[]
  receipt_email: string | null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
}

export async function createPaymentIntent(
  tx: Tx,
  { methods, ...given }: PaymentIntentInput,
): Promise<Stripe.PaymentIntent> {
  const id = newId('pi_3')
  const intent: Stripe.PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: given.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${newId('')}`,
    confirmation_method: 'automatic',
    created: tx.seconds,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    description: given.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: Object.fromEntries(methods.map((method) => [method, OPTIONS[method]])),
    payment_method_types: methods,
    payment_record: null,
    processing: null,
    receipt_email: given.receipt_email,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: given.statement_descriptor,
    statement_descriptor_suffix: given.statement_descriptor_suffix,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  tx.emit('payment_intent.created', intent)
  return tx.insert(intent)
}

const OPTIONS = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' as const },
  alipay: {},
  wechat_pay: { app_id: null, client: 'web' as const },
}

/** The payer has to do something first, at `url`: 3-D Secure, or a wallet. */
export async function requireAction(tx: Tx, intent: Stripe.PaymentIntent, type: Method, url: string): Promise<void> {
  const waiting: Stripe.PaymentIntent = {
    ...intent,
    last_payment_error: null,
    next_action: nextAction(type, url),
    status: 'requires_action',
  }
  tx.emit('payment_intent.requires_action', waiting)
  await tx.save(waiting)
}

function nextAction(type: Method, url: string): Stripe.PaymentIntent.NextAction {
  if (type === 'alipay') {
    return {
      type: 'alipay_handle_redirect',
      alipay_handle_redirect: { native_data: null, native_url: null, return_url: url, url },
    }
  }
  if (type === 'wechat_pay') {
    const code = { data: url, hosted_instructions_url: url, image_data_url: '', image_url_png: '', image_url_svg: '' }
    return { type: 'wechat_pay_display_qr_code', wechat_pay_display_qr_code: code }
  }
  return { type: 'redirect_to_url', redirect_to_url: { return_url: url, url } }
}

export async function succeed(
  tx: Tx,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
): Promise<Stripe.PaymentIntent> {
  const paid: Stripe.PaymentIntent = {
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: charge.payment_method,
    status: 'succeeded',
  }
  tx.emit('payment_intent.succeeded', paid)
  return tx.save(paid)
}

/** The payer may try again: only this attempt is over. */
export async function fail(
  tx: Tx,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  decline: Decline,
  charge?: Stripe.Charge,
): Promise<Stripe.PaymentIntent> {
  const failed = {
    ...intent,
    last_payment_error: {
      ...(charge && { charge: charge.id }),
      ...decline,
      doc_url: `https://docs.stripe.com/error-codes/${decline.code.replaceAll('_', '-')}`,
      payment_method: method,
      type: charge ? 'card_error' : 'invalid_request_error',
    },
    latest_charge: charge?.id ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  } as Stripe.PaymentIntent
  tx.emit('payment_intent.payment_failed', failed)
  return tx.save(failed)
}
