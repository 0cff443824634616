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
}

/** Queues again whatever still waits in the outbox: for a database that has come without its queue. */
export async function queueUnsent(jobs: Pick<Jobs, 'enqueue'>, trx: Trx): Promise<void> {
  const waiting = trx.selectFrom('mails').select('id').where('sent_at', 'is', null).where('failed_at', 'is', null)
  for (const { id } of await waiting.orderBy('id').execute()) await jobs.enqueue(trx, 'mail', { mailId: id })
}

/** Puts a mail into the outbox, inside the transaction of what it tells about. False when that key is there already. */
export async function queueMail(jobs: Jobs, trx: Trx, mail: OutgoingMail): Promise<boolean> {
  const { key, to, message, paymentId = null, userId = null } = mail
  const queued = await trx
    .insertInto('mails')
    .values({ key, recipient: to, message: JSON.stringify(message), payment_id: paymentId, user_id: userId })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!queued) return false
  await jobs.enqueue(trx, 'mail', { mailId: queued.id })
  return true
}
