import { createHash } from 'node:crypto'
import type { Transporter } from 'nodemailer'
import { type Message, render } from '../../emails/index.ts'
import type { Db } from '../db/connection.ts'
import type { Draft } from '../db/tables.ts'

export interface DeliveryDeps {
  db: Db
  transporter: Transporter
  from: string
  /** Who reads the answers to mail that customers get. */
  replyTo: string
  /** Makes the secret that a mail about to go out carries; undefined when nobody waits for it any more. */
  proofMail(proofId: string): Promise<Message | undefined>
}

/**
 * Sends one mail from the outbox and records it. Throws what the mail server says; the job is then tried again.
 * A crash between the server's OK and our record sends it once more, under the same Message-ID, which many mail
 * programs fold into one.
 */
export async function deliverMail(deps: DeliveryDeps, mailId: number): Promise<void> {
  const { db, transporter, from, replyTo } = deps
  const mail = await db
    .selectFrom('mails')
    .selectAll()
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .where('skipped_at', 'is', null)
    .executeTakeFirst()
  if (!mail) return
  try {
    const message = await complete(deps, mail.message)
    if (message) {
      const envelope = { from, replyTo, to: mail.recipient, messageId: messageId(mail.key, from) }
      await transporter.sendMail({ ...envelope, ...render(message) })
    }
  } catch (error) {
    await db
      .updateTable('mails')
      .set((row) => ({ attempts: row('attempts', '+', 1), error: String(error) }))
      .where('id', '=', mailId)
      .execute()
    throw error
  }
  if (isFarewell(mail.message)) return void (await db.deleteFrom('mails').where('id', '=', mailId).execute())
  await db
    .updateTable('mails')
    .set((row) => ({ attempts: row('attempts', '+', 1), sent_at: new Date(), failed_at: null, error: null }))
    .where('id', '=', mailId)
    .execute()
}

async function complete(deps: DeliveryDeps, draft: Draft): Promise<Message | undefined> {
  return draft.template === 'proof' ? deps.proofMail(draft.props.proofId) : draft
}

/** After it we hold nothing of its reader any more, the address that it went to included. */
function isFarewell(draft: Draft): boolean {
  return draft.template === 'account-notice' && draft.props.what === 'account-deleted'
}

/** The dead letter: nobody tries this mail again by itself, and the dashboard shows it. */
export async function giveUp(db: Db, mailId: number): Promise<void> {
  await db
    .updateTable('mails')
    .set({ failed_at: new Date() })
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .execute()
}

function messageId(key: string, from: string): string {
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost'
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`
}
