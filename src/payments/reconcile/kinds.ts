import type Stripe from 'stripe'
import type { Db } from '../../db/connection.ts'
import type { Difference } from '../../db/tables.ts'
import { metadataOf } from '../metadata.ts'
import { payoutRow, sourceOf } from '../read-movement.ts'
import { subscriptionExpand, subscriptionRow } from '../read-subscription.ts'
import { disputeRow, refundRow } from '../read-what-became.ts'
import { balanceTransactionRow, chargeFacts, expanded, idOf } from '../reading.ts'

export type KindName = Difference['kind']
export type Columns = Record<string, unknown> & { id: string }
type Page = { created?: { gte: number }; limit: number; starting_after?: string }

/** What Stripe can list and we keep: the tables are compared with these, in this order. */
export interface Kind<T extends Listed = Listed> {
  name: KindName
  page(stripe: Stripe, page: Page): Promise<Stripe.ApiList<T>>
  one(stripe: Stripe, id: string): Promise<T>
  /** An object as the columns that must be equal; undefined for what need not be in our tables. */
  columns(object: T, ours: Ours): Columns | undefined
  /** Looks up, for a whole page, what tells ours from another app's. */
  ours?(db: Db, objects: T[]): Promise<Ours>
  /** What to read again when it differs: by reading that, others of its page are healed too. */
  healedBy?(object: T): string | undefined
  /** Its rows are those of another kind, so that one that is not listed is not unknown. */
  isPart?: boolean
}

export type Listed = { id: string; created: number }
export type Ours = ReadonlySet<string>

const balanceTransactions: Kind<Stripe.BalanceTransaction> = {
  name: 'balance_transactions',
  page: (stripe, page) => stripe.balanceTransactions.list({ ...page, expand: ['data.source'] }),
  one: (stripe, id) => stripe.balanceTransactions.retrieve(id, { expand: ['source'] }),
  columns(transaction) {
    const { payment_id: _, available_on: __, description: ___, ...columns } = balanceTransactionRow(transaction, null)
    return columns
  },
  healedBy(transaction) {
    const source = sourceOf(transaction)
    // An inquiry leaves no mark on its charge, so a dispute is asked for by itself.
    return source && source.object !== 'dispute' ? (idOf(source.payment_intent) ?? undefined) : undefined
  },
}

const payments: Kind<Stripe.PaymentIntent> = {
  name: 'payments',
  page: (stripe, page) => stripe.paymentIntents.list({ ...page, expand: ['data.latest_charge'] }),
  one: (stripe, id) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }),
  ours: (db, intents) => paymentsAmong(db, intents.map(idOf)),
  columns(intent, ours) {
    if (intent.status !== 'succeeded' || !(metadataOf(intent.metadata) || ours.has(intent.id))) return undefined
    const { id, amount, currency } = intent
    return { id, status: 'paid', amount, currency, ...chargeFacts(expanded(intent.latest_charge)) }
  },
}

/** The PaymentIntent of an invoice does not say whose it is; the invoice does. */
const subscriptionPayments: Kind<Stripe.InvoicePayment> = {
  name: 'payments',
  isPart: true,
  page: (stripe, page) => stripe.invoicePayments.list({ ...page, status: 'paid', expand: ['data.invoice'] }),
  one: (stripe, id) => stripe.invoicePayments.retrieve(id, { expand: ['invoice'] }),
  columns({ invoice: given, payment, currency }) {
    const invoice = expanded(given)
    const id = idOf(payment.payment_intent)
    if (!id || !invoice || invoice.deleted || !metadataOf(invoice.parent?.subscription_details?.metadata)) {
      return undefined
    }
    return { id, status: 'paid', currency, invoice_id: invoice.id }
  },
}

/** What becomes of a payment is kept of our own payments alone. */
function becameOf<T extends { payment_intent: string | { id: string } | null }>(
  rowOf: (object: T, paymentId: string) => Columns,
) {
  return {
    ours: (db: Db, objects: T[]) => paymentsAmong(db, objects.map(intentOf)),
    columns(object: T, ours: Ours) {
      const intent = intentOf(object)
      return intent && ours.has(intent) ? rowOf(object, intent) : undefined
    },
  }
}

const refunds: Kind<Stripe.Refund> = {
  name: 'refunds',
  page: (stripe, page) => stripe.refunds.list(page),
  one: (stripe, id) => stripe.refunds.retrieve(id),
  ...becameOf(refundRow),
  healedBy: (refund) => intentOf(refund) ?? undefined,
}

const disputes: Kind<Stripe.Dispute> = {
  name: 'disputes',
  page: (stripe, page) => stripe.disputes.list(page),
  one: (stripe, id) => stripe.disputes.retrieve(id),
  ...becameOf(disputeRow),
}

const payouts: Kind<Stripe.Payout> = {
  name: 'payouts',
  page: (stripe, page) => stripe.payouts.list(page),
  one: (stripe, id) => stripe.payouts.retrieve(id),
  columns: payoutRow,
}

const subscriptions: Kind<Stripe.Subscription> = {
  name: 'subscriptions',
  page: (stripe, page) =>
    stripe.subscriptions.list({ ...page, status: 'all', expand: subscriptionExpand.map((field) => `data.${field}`) }),
  one: (stripe, id) => stripe.subscriptions.retrieve(id, { expand: subscriptionExpand }),
  columns(subscription) {
    const row = subscriptionRow(subscription)
    if (!row) return undefined
    // Whoever deleted their account is forgotten here, and not at Stripe.
    const { email: _, ...columns } = row
    return columns
  },
}

/** What the first heals, the others need not. */
export const kinds = [
  balanceTransactions,
  payments,
  subscriptionPayments,
  refunds,
  disputes,
  payouts,
  subscriptions,
] as Kind[]

const intentOf = (object: { payment_intent: string | { id: string } | null }) => idOf(object.payment_intent)

async function paymentsAmong(db: Db, ids: (string | null)[]): Promise<Ours> {
  const asked = ids.filter((id) => id !== null)
  if (asked.length === 0) return new Set()
  const rows = await db.selectFrom('payments').select('id').where('id', 'in', asked).execute()
  return new Set(rows.map(({ id }) => id))
}
