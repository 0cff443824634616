import type { Db } from '../db/connection.ts'

export type Payment = NonNullable<Awaited<ReturnType<typeof readPayment>>>

/** One payment by Stripe with its fee and all that became of it; undefined for an id that is none. */
export async function readPayment(db: Db, id: string) {
  const payment = await db
    .selectFrom('payments as p')
    .leftJoin('balance_transactions as b', 'b.id', 'p.balance_transaction_id')
    .selectAll('p')
    .select(['b.fee', 'b.net', 'b.currency as settlement_currency'])
    .where('p.id', '=', id)
    .executeTakeFirst()
  if (!payment) return undefined
  const [mails, refunds, disputes] = await Promise.all([mailsAbout(db, id), refundsOf(db, id), disputesOf(db, id)])
  return { ...payment, history: historyOf(payment, mails, refunds, disputes) }
}

/** What happened, and when. */
export type Happening = { at: Date } & (
  | { what: 'begun' | 'paid' | 'forgotten' }
  | ({ what: 'mail' } & Awaited<ReturnType<typeof mailsAbout>>[number])
  | ({ what: 'refund' } & Awaited<ReturnType<typeof refundsOf>>[number])
  | ({ what: 'dispute' } & Awaited<ReturnType<typeof disputesOf>>[number])
)

function historyOf(
  payment: { created_at: Date; paid_at: Date | null; anonymized_at: Date | null },
  mails: Awaited<ReturnType<typeof mailsAbout>>,
  refunds: Awaited<ReturnType<typeof refundsOf>>,
  disputes: Awaited<ReturnType<typeof disputesOf>>,
): Happening[] {
  const { created_at, paid_at, anonymized_at } = payment
  const happenings: Happening[] = [
    paid_at ? { what: 'paid', at: paid_at } : { what: 'begun', at: created_at },
    ...refunds.map((refund) => ({ what: 'refund' as const, at: refund.created_at, ...refund })),
    ...disputes.map((dispute) => ({ what: 'dispute' as const, at: dispute.created_at, ...dispute })),
    ...mails.map((mail) => ({ what: 'mail' as const, at: mail.sent_at ?? mail.created_at, ...mail })),
    ...(anonymized_at ? [{ what: 'forgotten' as const, at: anonymized_at }] : []),
  ]
  // Stripe knows seconds: what was paid, refunded and told of within one stays in the order above.
  return happenings.toSorted((a, b) => seconds(a.at) - seconds(b.at))
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)

function mailsAbout(db: Db, paymentId: string) {
  return db
    .selectFrom('mails')
    .select(['key', 'recipient', 'created_at', 'sent_at', 'failed_at', 'skipped_at', 'error'])
    .where('payment_id', '=', paymentId)
    .orderBy('id')
    .execute()
}

function refundsOf(db: Db, paymentId: string) {
  return db
    .selectFrom('refunds')
    .select(['id', 'amount', 'currency', 'status', 'reason', 'failure_reason', 'asked_by', 'created_at'])
    .where('payment_id', '=', paymentId)
    .orderBy('created_at')
    .execute()
}

function disputesOf(db: Db, paymentId: string) {
  return db
    .selectFrom('disputes')
    .select(['id', 'amount', 'currency', 'status', 'reason', 'due_by', 'created_at'])
    .where('payment_id', '=', paymentId)
    .orderBy('created_at')
    .execute()
}
