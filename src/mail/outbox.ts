import { sql } from 'kysely'
import type { Trx } from '../db/connection.ts'
import type { Draft } from '../db/tables.ts'
import type { Jobs } from '../jobs/queue.ts'

export interface OutgoingMail {
  /** What the mail is about: of one key there is one mail, ever. */
  key: string
  to: string
  message: Draft
  paymentId?: string
  /** Whose account it is about, where it stays theirs when the address changes. */
  userId?: string
  /** When what it tells of happened. Of what is no news any more nobody is told: see NEWS_DAYS. */
  about?: Date
}

/**
 * A database that is made anew, or restored, learns of years of payments within the hour. Who paid them had their mail long
 * ago, so what is older than this is written down as not to be sent. An outage that lasts less costs nobody a mail.
 */
const NEWS_DAYS = 3
const DAY_MS = 86_400_000

/** For queries of mails: neither sent nor given up, nor old news. */
export const isWaiting = sql<boolean>`(sent_at is null and failed_at is null and skipped_at is null)`

/** Queues again whatever still waits in the outbox: for a database that has come without its queue. */
export async function queueUnsent(jobs: Pick<Jobs, 'enqueue'>, trx: Trx): Promise<void> {
  const waiting = await trx.selectFrom('mails').select('id').where(isWaiting).orderBy('id').execute()
  await jobs.enqueue(trx, 'mail', ...waiting.map(({ id }) => ({ mailId: id })))
}

/**
 * Puts a mail into the outbox, inside the transaction of what it tells about. False when that key is there already.
 * Old news takes its key and is not sent.
 */
export async function queueMail(jobs: Jobs, trx: Trx, mail: OutgoingMail): Promise<boolean> {
  const { key, to, message, paymentId = null, userId = null, about } = mail
  const isOld = about !== undefined && about.getTime() < Date.now() - NEWS_DAYS * DAY_MS
  const skipped = isOld ? { skipped_at: new Date() } : {}
  const queued = await trx
    .insertInto('mails')
    .values({
      key,
      recipient: to,
      message: JSON.stringify(message),
      payment_id: paymentId,
      user_id: userId,
      ...skipped,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!queued) return false
  if (!isOld) await jobs.enqueue(trx, 'mail', { mailId: queued.id })
  return true
}
