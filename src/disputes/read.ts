import { type ExpressionBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { decimal } from '../money.ts'
import { ASKED, isAsked } from '../payments/dispute-states.ts'

const LONGEST_LIST = 100

/** Whether evidence can still be handed in here; that is done once. An appeal is answered at Stripe. */
export function isOpen(status: string): boolean {
  return isAsked(status) && status !== 'appeal_needs_response'
}

/** Those that wait for the owner, from the most urgent on, then the others from the newest on. */
export function allDisputes(db: Db) {
  return selectDisputes(db)
    .orderBy(
      (eb) => sql`case when ${waits(eb)} then due_by end`,
      (order) => order.asc().nullsLast(),
    )
    .orderBy('d.created_at', 'desc')
    .limit(LONGEST_LIST)
    .execute()
}

export function openDisputes(db: Db) {
  return selectDisputes(db).where(waits).orderBy('due_by').limit(LONGEST_LIST).execute()
}

export function disputesOfPayment(db: Db, paymentId: string) {
  return selectDisputes(db).where('d.payment_id', '=', paymentId).orderBy('d.created_at').execute()
}

/** A dispute, with the payment that it is about. */
export async function readDispute(db: Db, id: string) {
  return selectDisputes(db)
    .select([
      'p.user_id',
      'p.buyer_id',
      'p.amount as paid',
      'p.paid_at',
      'p.message',
      'p.method',
      'p.quantity',
      'p.subscription_id',
    ])
    .where('d.id', '=', id)
    .executeTakeFirst()
}

export type DisputeRow = Awaited<ReturnType<typeof allDisputes>>[number]
export type Dispute = NonNullable<Awaited<ReturnType<typeof readDispute>>>

function selectDisputes(db: Db) {
  return db
    .selectFrom('disputes as d')
    .innerJoin('payments as p', 'p.id', 'd.payment_id')
    .select(['d.id', 'd.payment_id', 'd.amount', 'd.currency', 'd.status', 'd.reason', 'd.due_by', 'd.created_at'])
    .select(['d.submissions', 'p.description', 'p.kind', 'p.price_key', 'p.name', 'p.email'])
}

function waits(eb: ExpressionBuilder<Tables & { d: Tables['disputes'] }, 'd'>) {
  return eb('d.status', 'in', ASKED)
}

/** For the download of one's own data. */
export async function ownDisputes(db: Db, userId: string) {
  const rows = await selectDisputes(db).where('p.user_id', '=', userId).orderBy('d.created_at').execute()
  return rows.map(({ id, payment_id, amount, currency, status, reason, created_at }) => ({
    id,
    paymentId: payment_id,
    amount: decimal({ amount, currency }),
    currency: currency.toUpperCase(),
    status,
    reason,
    createdAt: created_at,
  }))
}
