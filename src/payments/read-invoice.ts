import type Stripe from 'stripe'
import { priceOfKey } from '../catalog.ts'
import type { Price } from '../define-catalog.ts'
import { asLocale } from '../ui/i18n.ts'
import { metadataOf, type PaymentMetadata } from './metadata.ts'
import { type ChargeFacts, dateOf, expanded, idOf, payerOf, type Row } from './reading.ts'

/** The invoice that a PaymentIntent pays; undefined for one-off payments. */
export async function invoiceOf(stripe: Stripe, intentId: string): Promise<Stripe.Invoice | undefined> {
  const payment = { type: 'payment_intent' as const, payment_intent: intentId }
  const [found] = (await stripe.invoicePayments.list({ payment, limit: 1, expand: ['data.invoice'] })).data
  const invoice = expanded(found?.invoice)
  return invoice && !invoice.deleted ? invoice : undefined
}

/**
 * The price that an invoice is of. The metadata names the one that was subscribed to first; after a switch between a month and
 * a year the dearest line is of another length.
 */
function priceOf({ lines }: Stripe.Invoice, metadata: PaymentMetadata): Price | undefined {
  const first = priceOfKey(metadata.price)
  const [dearest] = lines.data.toSorted((a, b) => b.amount - a.amount)
  if (!first || !dearest) return first
  const every = dearest.period.end - dearest.period.start > 100 * DAY_SECONDS ? 'year' : 'month'
  return first.product.prices.find((price) => price.every === every) ?? first
}

const DAY_SECONDS = 86_400

/** The row of a subscription's payment, however it was come by; undefined when nothing was paid or it is not ours. */
export function invoicePayment(
  invoice: Stripe.Invoice,
  intent: Stripe.PaymentIntent,
  facts: ChargeFacts,
): Row<'payments'> | undefined {
  const parent = invoice.parent?.subscription_details
  const metadata = metadataOf(parent?.metadata)
  const charge = expanded(intent.latest_charge)
  const price = metadata && priceOf(invoice, metadata)
  if (!metadata || intent.status !== 'succeeded' || !charge) return undefined
  return {
    id: intent.id,
    kind: 'subscription',
    status: 'paid',
    amount: intent.amount,
    currency: intent.currency,
    // Stripe's own line is in English, and of a switched plan about days.
    description: price?.product.name[asLocale(metadata.locale)] ?? invoice.lines.data[0]?.description ?? '',
    email: payerOf(invoice.customer_email),
    name: null,
    message: null,
    locale: metadata.locale,
    buyer_id: metadata.user ?? null,
    ...facts,
    customer_id: idOf(invoice.customer),
    price_key: price?.key ?? metadata.price ?? null,
    plan: metadata.plan ?? null,
    subscription_id: idOf(parent?.subscription),
    invoice_id: invoice.id ?? null,
    livemode: invoice.livemode,
    created_at: dateOf(intent.created),
    paid_at: dateOf(charge.created),
  }
}
