import type Stripe from 'stripe'
import { paymentOf } from '../billing/finalize.ts'
import { boolean, created, oneOf, page, params, text } from '../params.ts'
import { get, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'

export const invoicePayments: Route[] = [
  get(
    '/invoice_payments',
    params({
      ...page,
      created: created.optional(),
      invoice: text().optional(),
      payment: params({ type: oneOf('payment_intent', 'charge'), payment_intent: text().optional() }, [
        'payment_record',
      ]).optional(),
      status: oneOf('canceled', 'open', 'paid').optional(),
    }),
    (tx, given) =>
      tx.list('invoice_payment', '/v1/invoice_payments', given, [
        fieldIs('invoice', given.invoice),
        fieldIs('status', given.status),
        ["data->'payment'->>'payment_intent' = ?", given.payment?.payment_intent],
        ...createdIn(given.created),
      ]),
  ),
  get('/invoice_payments/:id', params({}), (tx, _, id) => tx.get('invoice_payment', id)),
]

export const invoiceItems: Route[] = [
  get(
    '/invoiceitems',
    params({ ...page, customer: text().optional(), invoice: text().optional(), pending: boolean.optional() }, [
      'created',
    ]),
    (tx, given) =>
      tx.list('invoiceitem', '/v1/invoiceitems', given, [
        fieldIs('customer', given.customer),
        fieldIs('invoice', given.invoice),
        ["(data->>'invoice' is null) = ?", given.pending],
      ]),
  ),
  get('/invoiceitems/:id', params({}), (tx, _, id) => tx.get('invoiceitem', id)),
]

export async function paymentsOf(tx: Tx, invoice: string) {
  const list = await tx.list('invoice_payment', '/v1/invoice_payments', { limit: 10 }, [fieldIs('invoice', invoice)])
  return { ...list, url: `/v1/invoice_payments?invoice=${invoice}` }
}

/** For a payer in the browser. Nothing to pay, nothing to confirm. */
export async function confirmationOf(tx: Tx, invoice: string): Promise<Stripe.Invoice.ConfirmationSecret | null> {
  const intent = (await paymentOf(tx, invoice))?.payment.payment_intent as string | undefined
  if (!intent) return null
  const { client_secret } = await tx.get<Stripe.PaymentIntent>('payment_intent', intent)
  return { client_secret: client_secret!, type: 'payment_intent' }
}
