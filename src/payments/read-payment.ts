import type { Insertable } from 'kysely'
import type Stripe from 'stripe'
import { z } from 'zod'
import type { Tables } from '../db/tables.ts'
import { isMissing } from './stripe.ts'

type Row<T extends keyof Tables> = Insertable<Tables[T]>

/** What Stripe says now of one payment, as rows of ours. */
export interface PaymentReading {
  /** The PaymentIntent's id, or the session's while nobody has paid. */
  id: string
  session: Stripe.Checkout.Session.Status | null
  /** Absent while nothing was paid, and for payments that this app did not start. */
  payment: Row<'payments'> | undefined
  /** Absent until Stripe knows the fee: seconds after the payment, an hour at most. */
  balanceTransaction: Row<'balance_transactions'> | undefined
}

/** What our Checkout Sessions carry in the PaymentIntent's metadata, so that a payment explains itself. */
export const PaymentMetadata = z.object({
  app: z.literal('first-paid-user'),
  kind: z.enum(['tip', 'purchase', 'pass', 'subscription', 'request']),
  locale: z.string(),
  name: z.string().optional(),
  message: z.string().optional(),
})
export type PaymentMetadata = z.infer<typeof PaymentMetadata>

/**
 * Reads a payment by its PaymentIntent (pi_…) or its Checkout Session (cs_…) in one call.
 * Undefined for an id that Stripe does not know. Throws Stripe's errors.
 */
export async function readPayment(stripe: Stripe, id: string): Promise<PaymentReading | undefined> {
  try {
    return id.startsWith('cs_') ? await readSession(stripe, id) : await readPaymentIntent(stripe, id)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function readSession(stripe: Stripe, id: string): Promise<PaymentReading> {
  const expand = ['payment_intent.latest_charge.balance_transaction']
  return readingOf(await stripe.checkout.sessions.retrieve(id, { expand }))
}

async function readPaymentIntent(stripe: Stripe, id: string): Promise<PaymentReading> {
  // By way of the session, since only that has the customer's details in every case; four levels are all that expand allows.
  const expand = ['data.payment_intent.latest_charge.balance_transaction']
  const [session] = (await stripe.checkout.sessions.list({ payment_intent: id, limit: 1, expand })).data
  if (session) return readingOf(session)
  const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge.balance_transaction'] })
  return { id, session: null, payment: paymentOf(intent), balanceTransaction: balanceTransactionOf(intent) }
}

function readingOf(session: Stripe.Checkout.Session): PaymentReading {
  const intent = expanded(session.payment_intent)
  return {
    id: intent?.id ?? session.id,
    session: session.status,
    payment: intent && paymentOf(intent, session),
    balanceTransaction: intent && balanceTransactionOf(intent),
  }
}

function paymentOf(intent: Stripe.PaymentIntent, session?: Stripe.Checkout.Session): Row<'payments'> | undefined {
  const metadata = PaymentMetadata.safeParse(intent.metadata).data
  const status = statusOf(intent, session)
  if (!metadata || !status) return undefined
  const charge = expanded(intent.latest_charge)
  return {
    id: intent.id,
    kind: metadata.kind,
    status,
    amount: intent.amount,
    currency: intent.currency,
    refunded: charge?.amount_refunded ?? 0,
    description: intent.description ?? '',
    email:
      (session?.customer_details?.email ?? charge?.billing_details.email ?? intent.receipt_email)?.toLowerCase() ??
      null,
    name: metadata.name ?? null,
    message: metadata.message ?? null,
    locale: metadata.locale,
    method: charge?.payment_method_details?.type ?? null,
    session_id: session?.id ?? null,
    charge_id: charge?.id ?? null,
    balance_transaction_id: reference(charge?.balance_transaction ?? null),
    livemode: intent.livemode,
    created_at: date(intent.created),
    paid_at: status === 'paid' && charge ? date(charge.created) : null,
  }
}

/** Undefined while the customer may still pay or go away: a declined card leaves the session open. */
function statusOf(intent: Stripe.PaymentIntent, session?: Stripe.Checkout.Session) {
  if (intent.status === 'succeeded') return 'paid'
  if (intent.status === 'processing') return 'processing'
  // Delayed methods fail after the session is complete.
  return session?.status === 'complete' || intent.status === 'canceled' ? 'failed' : undefined
}

function balanceTransactionOf(intent: Stripe.PaymentIntent): Row<'balance_transactions'> | undefined {
  const transaction = expanded(expanded(intent.latest_charge)?.balance_transaction ?? null)
  return (
    transaction && {
      id: transaction.id,
      type: transaction.type,
      reporting_category: transaction.reporting_category,
      amount: transaction.amount,
      fee: transaction.fee,
      net: transaction.net,
      currency: transaction.currency,
      exchange_rate: transaction.exchange_rate,
      source: reference(transaction.source),
      payment_id: intent.id,
      description: transaction.description,
      created_at: date(transaction.created),
      available_on: date(transaction.available_on),
    }
  )
}

const date = (seconds: number) => new Date(seconds * 1000)
const expanded = <T extends { id: string }>(object: string | T | null): T | undefined =>
  object === null || typeof object === 'string' ? undefined : object
const reference = (object: string | { id: string } | null) =>
  typeof object === 'string' ? object : (object?.id ?? null)
