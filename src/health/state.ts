import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { isWaiting } from '../mail/outbox.ts'

const LISTED = 50

/** How the machinery behind the site does, for the owner. */
export async function readState(db: Db) {
  const [events, failedEvents, mails, failedMails, reconciliation, balances] = await Promise.all([
    eventState(db),
    eventsThatFailed(db, LISTED),
    mailState(db),
    mailsThatFailed(db, LISTED),
    latestReconciliation(db),
    readBalanceChecks(db),
  ])
  return { events, failedEvents, mails, failedMails, reconciliation, balances }
}

export type State = Awaited<ReturnType<typeof readState>>

/** The books beside Stripe's balance, as they last were compared. */
export function readBalanceChecks(db: Db) {
  return db.selectFrom('balance_checks').selectAll().orderBy('currency').execute()
}

/** What could not be booked, the longest waiting first. */
export function eventsThatFailed(db: Db, most: number) {
  return db
    .selectFrom('inbox')
    .select(['id', 'type', 'object_id', 'error', 'failures', 'received_at'])
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .orderBy('received_at')
    .limit(most)
    .execute()
}

/** What was given up, the oldest first. */
export function mailsThatFailed(db: Db, most: number) {
  return db
    .selectFrom('mails')
    .select(['id', 'recipient', 'error', 'failed_at'])
    .where('failed_at', 'is not', null)
    .orderBy('failed_at')
    .limit(most)
    .execute()
}

async function eventState(db: Db): Promise<{ waiting: number; lastWebhook: Date | null; lastPolled: Date | null }> {
  const last = (via: string) => sql`(select max(received_at) from inbox where via = ${via})`
  const { rows } = await sql<{ waiting: number; lastWebhook: Date | null; lastPolled: Date | null }>`
    select (select count(*) from inbox where applied_at is null) as waiting,
      ${last('webhook')} as "lastWebhook", ${last('poll')} as "lastPolled"
  `.execute(db)
  return rows[0]!
}

async function mailState(db: Db): Promise<{ waiting: number; lastSent: Date | null }> {
  const { rows } = await sql<{ waiting: number; lastSent: Date | null }>`
    select (select count(*) from mails where ${isWaiting}) as waiting,
      (select sent_at from mails where sent_at is not null order by id desc limit 1) as "lastSent"
  `.execute(db)
  return rows[0]!
}

/** A dry run changes nothing, and says nothing here. */
async function latestReconciliation(db: Db) {
  const runs = db.selectFrom('reconciliations').selectAll().where('dry_run', '=', false)
  const [ended, newest] = await Promise.all([
    runs.where('finished_at', 'is not', null).orderBy('finished_at', 'desc').limit(1).executeTakeFirst(),
    runs.orderBy('id', 'desc').limit(1).executeTakeFirst(),
  ])
  return { ended, error: newest?.error ?? null }
}
