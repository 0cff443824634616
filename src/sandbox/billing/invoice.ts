import type Stripe from 'stripe'
import { minimumFor } from '../currencies.ts'
import { newId } from '../ids.ts'
import type { Tx } from '../tx.ts'
import { discountsAt, takeOff } from './discounts.ts'
import { createInvoiceItem } from './invoice-items.ts'
import { type Draft, lineOf } from './lines.ts'
import { HOUR } from './periods.ts'
import { type Invoice, type InvoiceItem, type Line, listOf, type Subscription } from './types.ts'

export interface InvoiceInput {
  id?: string
  customer: string
  currency: string
  reason: Stripe.Invoice.BillingReason
  drafts: Draft[]
  discounts: string[]
  subscription?: Pick<Subscription, 'id' | 'metadata' | 'default_payment_method' | 'automatic_tax'>
  period?: { start: number; end: number }
  metadata?: Record<string, string>
  description?: string | null
  /** Finalizes by itself about an hour later. */
  advance?: boolean
}

/** A draft. */
export async function createInvoice(tx: Tx, given: InvoiceInput): Promise<Invoice> {
  const customer = await tx.get<Stripe.Customer>('customer', given.customer)
  const id = given.id ?? newId('in_1')
  const { subscription, advance = false, period = { start: tx.seconds, end: tx.seconds } } = given
  const lines = await discounted(tx, given, await linesOf(tx, given, id))
  const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0)
  const off = lines.flatMap((line) => line.discount_amounts ?? [])
  const subtotal = sum(lines.map((line) => line.subtotal))
  const total = subtotal - sum(off.map(({ amount }) => amount))
  const totals = given.discounts.map((discount) => ({
    amount: sum(off.filter((one) => one.discount === discount).map(({ amount }) => amount)),
    discount,
  }))
  const invoice: Invoice = {
    id,
    object: 'invoice',
    account_country: 'HK',
    account_name: 'Sandbox',
    account_tax_ids: null,
    ...balanced(tx, customer.balance, total, given.currency),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: advance,
    // The sandbox has no tax rates: all tax is 0, and it says that it is complete.
    automatic_tax: automaticTax(subscription?.automatic_tax.enabled ?? false),
    automatically_finalizes_at: advance ? tx.seconds + HOUR : null,
    billing_reason: given.reason,
    collection_method: 'charge_automatically',
    created: tx.seconds,
    currency: given.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: (subscription?.default_payment_method as string) ?? null,
    default_source: null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: totals.map(({ discount }) => discount),
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOf(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: given.metadata ?? {},
    next_payment_attempt: advance ? tx.seconds + HOUR : null,
    number: null,
    on_behalf_of: null,
    parent: subscription
      ? {
          quote_details: null,
          subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
          type: 'subscription_details',
        }
      : null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: period.end,
    period_start: period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal,
    subtotal_excluding_tax: subtotal,
    test_clock: null,
    total,
    total_discount_amounts: totals,
    total_excluding_tax: total,
    total_pretax_credit_amounts: totals.map((one) => ({ ...one, type: 'discount' as const })),
    total_taxes: [],
    webhooks_delivered_at: null,
  }
  await tx.insert(invoice)
  tx.emit('invoice.created', invoice)
  if (advance) await tx.setTimer('finalize', id, tx.now + HOUR * 1000)
  return invoice
}

export const automaticTax = (enabled: boolean): Stripe.Invoice.AutomaticTax => ({
  disabled_reason: null,
  enabled,
  liability: enabled ? { type: 'self' } : null,
  provider: enabled ? 'stripe' : null,
  status: enabled ? 'complete' : null,
})

async function linesOf(tx: Tx, { drafts, customer }: InvoiceInput, invoice: string): Promise<Line[]> {
  const lines: Line[] = []
  for (const draft of drafts) {
    const item = draft.invoice_item
      ? (await tx.lock<InvoiceItem>('invoiceitem', draft.invoice_item)).data
      : draft.subscription_item
        ? undefined
        : await createInvoiceItem(tx, customer, draft)
    if (item) await tx.save({ ...item, invoice })
    lines.push(lineOf({ ...draft, ...(item && { invoice_item: item.id }) }, invoice))
  }
  return lines
}

/** Each discount off what the ones before it left. */
async function discounted(tx: Tx, given: InvoiceInput, lines: Line[]): Promise<Line[]> {
  const left = lines.map((line) => (line.discountable ? line.subtotal : 0))
  const amounts: { amount: number; discount: string }[][] = lines.map(() => [])
  for (const { discount, coupon } of await discountsAt(tx, given.discounts, given.period?.end ?? tx.seconds)) {
    takeOff(coupon, left, given.currency).forEach((amount, index) => {
      left[index]! -= amount
      if (lines[index]!.discountable) amounts[index]!.push({ amount, discount: discount.id })
    })
  }
  return lines.map((line, index) => ({
    ...line,
    discount_amounts: amounts[index]!,
    pretax_credit_amounts: amounts[index]!.map((one) => ({ ...one, type: 'discount' as const })),
  }))
}

/** A customer's credit pays first; what is too little to be charged waits as a debt. */
export function balanced(tx: Tx, balance: number, total: number, currency: string) {
  const owed = Math.max(total + balance, 0)
  const amount_due = owed < minimumFor(currency, tx.config.settlementCurrency) ? 0 : owed
  return { amount_due, amount_remaining: amount_due }
}
