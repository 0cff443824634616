import type { Db } from '../db/connection.ts'
import { isKeptPass, keptCredits } from '../payments/rights.ts'
import { readEntry } from './entry.ts'
import {
  disputesOf,
  eventsAbout,
  type Happening,
  historyOf,
  mailsAbout,
  refundsOf,
  type StripeEvent,
} from './payment-history.ts'

/** One payment, by Stripe or by hand, with its fee and all that became of it. Amounts are minor units. */
export interface Payment {
  id: string
  kind: string
  state: string
  amount: number
  currency: string
  refunded: number
  disputed: number
  description: string
  price_key: string | null
  name: string | null
  email: string | null
  message: string | null
  method: string | null
  anonymized_at: Date | null
  /** In the settlement currency; null while Stripe has not told it. Undefined where there is no fee. */
  settled?: { fee: number; net: number; currency: string } | null
  opened: Opened
  history: Happening[]
  /** What Stripe told of it. */
  events: StripeEvent[]
  /** At Stripe. */
  ids: string[]
}

/** What a payment opened, and what of it is still open, as rights.ts sees it. */
export interface Opened {
  credits: number
  keptCredits: number
  plan: string | null
  /** Of a pass; null for a subscription, whose plan is open for as long as it runs. */
  days: number | null
  isPlanKept: boolean
}

/** Undefined for an id that is none. */
export function readPayment(db: Db, id: string): Promise<Payment | undefined> {
  return id.startsWith('offline-') ? readEntry(db, id) : readByStripe(db, id)
}

async function readByStripe(db: Db, id: string): Promise<Payment | undefined> {
  const payment = await db
    .selectFrom('payments')
    .selectAll()
    .select([keptCredits.as('keptCredits'), isKeptPass.as('isPlanKept')])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!payment) return undefined
  const [settled, mails, refunds, disputes, claim] = await Promise.all([
    settledFor(db, payment.balance_transaction_id),
    mailsAbout(db, id),
    refundsOf(db, id),
    disputesOf(db, id),
    db.selectFrom('refund_claims').select('created_at').where('payment_id', '=', id).executeTakeFirst(),
  ])
  const { charge_id, balance_transaction_id, session_id, customer_id, invoice_id, subscription_id } = payment
  const became = [...refunds, ...disputes].map((one) => one.id)
  const told = [id, charge_id, session_id, invoice_id, ...became].filter((one) => one !== null)
  const ids = [id, charge_id, balance_transaction_id, session_id, customer_id, invoice_id, subscription_id]
  return {
    ...payment,
    state: stateOf(payment),
    ...(payment.paid_at && { settled }),
    opened: openedBy(payment),
    history: historyOf([
      payment.paid_at ? { what: 'paid', at: payment.paid_at } : { what: 'begun', at: payment.created_at },
      ...(claim ? [{ what: 'claimed' as const, at: claim.created_at }] : []),
      ...refunds.map((refund) => ({ what: 'refund' as const, at: refund.created_at, ...refund })),
      ...disputes.map((dispute) => ({ what: 'dispute' as const, at: dispute.created_at, ...dispute })),
      ...mails,
      ...(payment.anonymized_at ? [{ what: 'forgotten' as const, at: payment.anonymized_at }] : []),
    ]),
    events: await eventsAbout(db, told),
    ids: ids.filter((one) => one !== null),
  }
}

function stateOf(payment: { status: string; amount: number; refunded: number; disputed: number }): string {
  const { status, amount, refunded, disputed } = payment
  if (status !== 'paid') return status
  if (disputed > 0) return 'disputed'
  if (refunded === 0) return 'paid'
  return refunded < amount ? 'partlyRefunded' : 'refunded'
}

function openedBy(payment: Opened & { status: string; kind: string; disputed: number }): Opened {
  const { status, kind, disputed, credits, keptCredits, plan, days, isPlanKept } = payment
  if (status !== 'paid') return { credits: 0, keptCredits: 0, plan: null, days: null, isPlanKept: false }
  // A refund of a period leaves the subscription as it is; a dispute does not.
  if (kind === 'subscription') return { credits, keptCredits, plan, days: null, isPlanKept: disputed === 0 }
  return { credits, keptCredits, plan, days, isPlanKept }
}

async function settledFor(db: Db, movementId: string | null) {
  const movement = await db
    .selectFrom('balance_transactions')
    .select(['fee', 'net', 'currency'])
    .where('id', '=', movementId)
    .executeTakeFirst()
  return movement ?? null
}
