import type { Message } from '../../emails/index.ts'
import type { Trx } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'

export interface OutgoingMail {
  /** What the mail is about: of one key there is one mail, ever. */
  key: string
  to: string
  message: Message
  paymentId?: string
}

/** Puts a mail into the outbox, inside the transaction of what it tells about. False when that key is there already. */
export async function queueMail(jobs: Jobs, trx: Trx, { key, to, message, paymentId }: OutgoingMail): Promise<boolean> {
  const mail = await trx
    .insertInto('mails')
    .values({ key, recipient: to, message: JSON.stringify(message), payment_id: paymentId ?? null })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!mail) return false
  await jobs.enqueue(trx, 'mail', { mailId: mail.id })
  return true
}
