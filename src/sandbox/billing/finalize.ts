import type Stripe from 'stripe'
import { newId } from '../ids.ts'
import { changed } from '../resources/customers.ts'
import { createPaymentIntent } from '../resources/payment-intents.ts'
import type { Tx } from '../tx.ts'
import { balanced } from './invoice.ts'
import type { Invoice } from './types.ts'

/** Now it has a number and a payment intent, unless nothing is left to pay. `intent`: one that an earlier attempt made. */
export async function finalizeInvoice(tx: Tx, draft: Invoice, intent?: Stripe.PaymentIntent): Promise<Invoice> {
  await tx.clearTimer('finalize', draft.id)
  const { data: customer } = await tx.lock<Stripe.Customer>('customer', draft.customer)
  const balance = draft.billing_reason === 'manual' ? 0 : customer.balance
  const url = `${tx.config.baseUrl}/sandbox/invoices/${draft.id}`
  const invoice: Invoice = {
    ...draft,
    ...balanced(tx, balance, draft.total, draft.currency),
    automatically_finalizes_at: null,
    auto_advance: true,
    effective_at: tx.seconds,
    hosted_invoice_url: url,
    invoice_pdf: `${url}/print`,
    next_payment_attempt: null,
    number: `${customer.invoice_prefix}-${String(customer.next_invoice_sequence).padStart(4, '0')}`,
    starting_balance: balance,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: tx.seconds },
  }
  const left = balance + invoice.total - invoice.amount_due
  invoice.ending_balance = left
  const after = {
    ...customer,
    balance: customer.balance - balance + left,
    next_invoice_sequence: customer.next_invoice_sequence! + 1,
  }
  if (after.balance !== customer.balance) tx.emit('customer.updated', after, { balance: customer.balance })
  await tx.save(after)
  tx.emit('invoice.finalized', invoice)
  await tx.save(invoice)
  if (invoice.amount_due) await requestPayment(tx, invoice, intent ?? (await intentFor(tx, invoice)))
  return invoice
}

const intentFor = (tx: Tx, invoice: Invoice) =>
  createPaymentIntent(tx, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: DESCRIPTIONS[invoice.billing_reason as string] ?? `Payment for Invoice ${invoice.number}`,
    metadata: {},
    methods: ['card'],
    receipt_email: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
  })

export const DESCRIPTIONS: Record<string, string> = {
  subscription_create: 'Subscription creation',
  subscription_cycle: 'Subscription update',
  subscription_update: 'Subscription update',
}

const requestPayment = (tx: Tx, invoice: Invoice, intent: Stripe.PaymentIntent) =>
  tx.insert({
    id: newId('inpay_1'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: tx.seconds,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  } satisfies Stripe.InvoicePayment)

export async function paymentOf(tx: Tx, invoice: string): Promise<Stripe.InvoicePayment | undefined> {
  const { data } = await tx.list<Stripe.InvoicePayment>('invoice_payment', '', { limit: 1 }, [
    ["data->>'invoice' = ?", invoice],
  ])
  return data[0]
}

/** Changes an invoice and says so. */
export async function updateInvoice(tx: Tx, before: Invoice, changes: Partial<Invoice>): Promise<Invoice> {
  const after = { ...before, ...changes }
  const previous = changed(before, after)
  if (!Object.keys(previous).length) return before
  tx.emit('invoice.updated', after, previous)
  return tx.save(after)
}

export async function voidInvoice(tx: Tx, before: Invoice): Promise<Invoice> {
  await tx.clearTimer('retry', before.id)
  const after: Invoice = {
    ...before,
    amount_remaining: before.amount_due,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...before.status_transitions, voided_at: tx.seconds },
  }
  const payment = await paymentOf(tx, before.id)
  if (payment?.status === 'open') {
    const status_transitions = { ...payment.status_transitions, canceled_at: tx.seconds }
    await tx.save({ ...payment, status: 'canceled', status_transitions })
  }
  tx.emit('invoice.voided', after)
  return tx.save(after)
}
