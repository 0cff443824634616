import type { Db } from '../db/connection.ts'
import { decimal, type Money } from '../money.ts'
import { refundablePayments } from '../payments/refund-claims.ts'
import type { Locale } from '../ui/i18n.ts'
import { words } from './words.ts'

/** What of a payment is not given back; undefined when nobody paid it. */
export async function whatIsLeft(db: Db, paymentId: string): Promise<Money | undefined> {
  const payment = await db
    .selectFrom('payments')
    .select(['amount', 'refunded', 'currency'])
    .where('id', '=', paymentId)
    .where('status', '=', 'paid')
    .executeTakeFirst()
  return payment && { amount: payment.amount - payment.refunded, currency: payment.currency }
}

/** Beside a user's purchases: the way to take one back, or to see how far it is. */
export async function refundLinks(db: Db, userId: string, locale: Locale) {
  const t = words[locale].customer
  const claims = await db.selectFrom('refund_claims').select('payment_id').where('user_id', '=', userId).execute()
  const refundable = await refundablePayments(db, userId)
  const link = (id: string, text: string) => [id, { href: `/account/refund/${id}`, text }] as const
  return new Map([
    ...refundable.map(({ id }) => link(id, t.link)),
    ...claims.map(({ payment_id }) => link(payment_id, t.underWayLink)),
  ])
}

export type Standing = 'offered' | 'underWay' | 'back' | 'no'

/** A payment of a user, and whether they may take it back; undefined when it is not theirs. */
export async function ownPayment(db: Db, userId: string, paymentId: string) {
  const payment = await db
    .selectFrom('payments')
    .select(['id', 'kind', 'description', 'price_key', 'amount', 'currency', 'refunded', 'credits', 'days', 'plan'])
    .where('id', '=', paymentId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (!payment) return undefined
  const claim = await db
    .selectFrom('refund_claims')
    .select('payment_id')
    .where('payment_id', '=', paymentId)
    .executeTakeFirst()
  const isOffered = (await refundablePayments(db, userId)).some(({ id }) => id === paymentId)
  const standing: Standing = claim ? 'underWay' : payment.refunded > 0 ? 'back' : isOffered ? 'offered' : 'no'
  return { ...payment, standing }
}
export type OwnPayment = NonNullable<Awaited<ReturnType<typeof ownPayment>>>

/** For the download of one's own data. */
export async function ownRefunds(db: Db, userId: string) {
  const refunds = await db
    .selectFrom('refunds as r')
    .innerJoin('payments as p', 'p.id', 'r.payment_id')
    .select(['r.id', 'r.payment_id as paymentId', 'r.amount', 'r.currency', 'r.status', 'r.reason'])
    .select(['r.asked_by as askedBy', 'r.created_at as createdAt'])
    .where('p.user_id', '=', userId)
    .orderBy('r.created_at')
    .execute()
  const claims = await db
    .selectFrom('refund_claims')
    .select(['payment_id as paymentId', 'created_at as createdAt'])
    .where('user_id', '=', userId)
    .execute()
  return [
    ...refunds.map(({ amount, currency, ...refund }) => ({
      ...refund,
      amount: decimal({ amount, currency }),
      currency: currency.toUpperCase(),
    })),
    ...claims.map((claim) => ({ ...claim, status: 'asked', askedBy: 'customer' })),
  ]
}
