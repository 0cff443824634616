import type { Db } from '../db/connection.ts'

/** What happened, and when. */
export type Happening = { at: Date } & (
  | { what: 'begun' | 'paid' | 'claimed' | 'forgotten' }
  | ({ what: 'mail' } & Mail)
  | ({ what: 'refund' } & Awaited<ReturnType<typeof refundsOf>>[number])
  | ({ what: 'dispute' } & Awaited<ReturnType<typeof disputesOf>>[number])
  // Of what came by hand.
  | { what: 'received' | 'entered' | 'confirmed' }
  | { what: 'saidPaid'; code: string }
  | { what: 'takenBack' | 'takesBack'; id: string }
)

/** In the order of their times. Stripe knows seconds: what is of one stays in the order in which it is given. */
export function historyOf(happenings: Happening[]): Happening[] {
  return happenings.toSorted((a, b) => seconds(a.at) - seconds(b.at))
}

const seconds = (date: Date) => Math.floor(date.getTime() / 1000)

interface Mail {
  key: string
  recipient: string
  sent_at: Date | null
  failed_at: Date | null
  skipped_at: Date | null
  error: string | null
}

export async function mailsAbout(db: Db, paymentId: string): Promise<({ what: 'mail'; at: Date } & Mail)[]> {
  const mails = await db
    .selectFrom('mails')
    .select(['key', 'recipient', 'created_at', 'sent_at', 'failed_at', 'skipped_at', 'error'])
    .where('payment_id', '=', paymentId)
    .orderBy('id')
    .execute()
  return mails.map(({ created_at, ...mail }) => ({ what: 'mail', at: mail.sent_at ?? created_at, ...mail }))
}

export function refundsOf(db: Db, paymentId: string) {
  return db
    .selectFrom('refunds')
    .select(['id', 'amount', 'currency', 'status', 'reason', 'failure_reason', 'asked_by', 'created_at'])
    .where('payment_id', '=', paymentId)
    .orderBy('created_at')
    .execute()
}

export function disputesOf(db: Db, paymentId: string) {
  return db
    .selectFrom('disputes')
    .select(['id', 'amount', 'currency', 'status', 'reason', 'due_by', 'created_at'])
    .where('payment_id', '=', paymentId)
    .orderBy('created_at')
    .execute()
}

/** What Stripe told of these objects, as it came in. What it said is not read: it may be about somebody who is forgotten. */
export function eventsAbout(db: Db, objectIds: string[]) {
  return db
    .selectFrom('inbox')
    .select(['id', 'type', 'via', 'received_at', 'applied_at', 'failures', 'error'])
    .where('object_id', 'in', objectIds)
    .orderBy('received_at')
    .orderBy('id')
    .execute()
}
export type StripeEvent = Awaited<ReturnType<typeof eventsAbout>>[number]
