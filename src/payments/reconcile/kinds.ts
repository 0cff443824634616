import type Stripe from 'stripe'
import type { Db } from '../../db/connection.ts'
import type { Difference } from '../../db/tables.ts'
import { metadataOf } from '../metadata.ts'
import { payoutRow } from '../read-movement.ts'
import { subscriptionExpand, subscriptionRow } from '../read-subscription.ts'
import { disputeRow, refundRow } from '../read-what-became.ts'
import { balanceTransactionRow, chargeFacts, expanded, idOf } from '../reading.ts'

export type KindName = Difference['kind']
export type Listed = Record<string, unknown> & { id: string }
type Range = { created?: { gte: number }; limit: number; starting_after?: string }

/** What Stripe can list and we keep: a page of it, and each object as the columns that must be equal. */
export interface Kind {
  name: KindName
  page(stripe: Stripe, range: Range): Promise<Stripe.ApiList<{ id: string; created: number }>>
  /** Undefined for what need not be in our tables. */
  columns(object: never, ours: Ours): Listed | undefined
  /** Looks up, for a whole page, what tells ours from another app's. */
  ours?(db: Db, objects: never[]): Promise<Ours>
}

export type Ours = ReadonlySet<string>

function kind<T extends { id: string; created: number }>(definition: {
  name: KindName
  page(stripe: Stripe, range: Range): Promise<Stripe.ApiList<T>>
  columns(object: T, ours: Ours): Listed | undefined
  ours?(db: Db, objects: T[]): Promise<Ours>
}): Kind {
  return definition as unknown as Kind
}

/** In this order: what the first heals, the others need not. */
export const kinds: Kind[] = [
  kind<Stripe.BalanceTransaction>({
    name: 'balance_transactions',
    page: (stripe, range) => stripe.balanceTransactions.list(range),
    columns(transaction) {
      const { payment_id: _, available_on: __, description: ___, ...columns } = balanceTransactionRow(transaction, null)
      return columns
    },
  }),
  kind<Stripe.PaymentIntent>({
    name: 'payments',
    page: (stripe, range) => stripe.paymentIntents.list({ ...range, expand: ['data.latest_charge'] }),
    ours: (db, intents) => paymentsAmong(db, intents.map(idOf)),
    columns(intent, ours) {
      if (intent.status !== 'succeeded' || !(metadataOf(intent.metadata) || ours.has(intent.id))) return undefined
      const { id, amount, currency } = intent
      return { id, status: 'paid', amount, currency, ...chargeFacts(expanded(intent.latest_charge)) }
    },
  }),
  kind<Stripe.Refund>({
    name: 'refunds',
    page: (stripe, range) => stripe.refunds.list(range),
    ours: (db, refunds) => paymentsAmong(db, refunds.map(intentOf)),
    columns: (refund, ours) => {
      const intent = intentOf(refund)
      return intent && ours.has(intent) ? refundRow(refund, intent) : undefined
    },
  }),
  kind<Stripe.Dispute>({
    name: 'disputes',
    page: (stripe, range) => stripe.disputes.list(range),
    ours: (db, disputes) => paymentsAmong(db, disputes.map(intentOf)),
    columns: (dispute, ours) => {
      const intent = intentOf(dispute)
      return intent && ours.has(intent) ? disputeRow(dispute, intent) : undefined
    },
  }),
  kind<Stripe.Payout>({
    name: 'payouts',
    page: (stripe, range) => stripe.payouts.list(range),
    columns: payoutRow,
  }),
  kind<Stripe.Subscription>({
    name: 'subscriptions',
    page: (stripe, range) =>
      stripe.subscriptions.list({
        ...range,
        status: 'all',
        expand: subscriptionExpand.map((field) => `data.${field}`),
      }),
    columns(subscription) {
      const row = subscriptionRow(subscription)
      if (!row) return undefined
      // Whoever deleted their account is forgotten here, and not at Stripe.
      const { email: _, ...columns } = row
      return columns
    },
  }),
]

const intentOf = (object: { payment_intent: string | { id: string } | null }) => idOf(object.payment_intent)

async function paymentsAmong(db: Db, ids: (string | null)[]): Promise<Ours> {
  const asked = ids.filter((id) => id !== null)
  if (asked.length === 0) return new Set()
  const rows = await db.selectFrom('payments').select('id').where('id', 'in', asked).execute()
  return new Set(rows.map(({ id }) => id))
}
