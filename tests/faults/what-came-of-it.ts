import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import type { Db } from '../../src/db/connection.ts'
import { creditsOf } from '../../src/payments/rights.ts'
import type { ReceivedMail } from './post-office.ts'

/** What was paid, and how many Checkout Sessions there ever were, by Stripe's own lists. */
export async function paidAtStripe(stripe: Stripe): Promise<{ paymentIds: string[]; sessions: number }> {
  const paymentIds: string[] = []
  for await (const { id, status } of stripe.paymentIntents.list({ limit: 100 })) {
    if (status === 'succeeded') paymentIds.push(id)
  }
  let sessions = 0
  for await (const _ of stripe.checkout.sessions.list({ limit: 100 })) sessions++
  return { paymentIds, sessions }
}

/** The outbox beside what the mail server took. A mail that came twice under one Message-ID is one mail. */
export function mailsThatArrived(received: ReceivedMail[], mails: { key: string; payment_id: string | null }[]) {
  const keys = new Map(mails.map((mail) => [messageId(mail.key), mail]))
  const ids = new Set(received.map(({ id }) => id))
  const receipts = [...ids].flatMap((id) =>
    keys.get(id)?.key.startsWith('receipt:') ? [keys.get(id)!.payment_id!] : [],
  )
  return {
    receipts,
    missing: [...keys].filter(([id]) => !ids.has(id)).map(([, { key }]) => key),
    unknown: received.filter(({ id }) => !keys.has(id)).map(({ subject }) => subject),
    again: received.length - ids.size,
  }
}

// As src/mail/delivery.ts makes it.
const messageId = (key: string) => `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@example.com>`

/** By Stripe alone: the credits of what each has paid, less the share that went back or that a bank has. */
export async function creditsThatShouldBe(stripe: Stripe, emails: string[]): Promise<Record<string, number>> {
  const credits = Object.fromEntries(emails.map((email) => [email, 0]))
  const disputed = new Set<string>()
  for await (const { payment_intent, status } of stripe.disputes.list({ limit: 100 })) {
    if (!status.startsWith('warning_') && status !== 'won') disputed.add(payment_intent as string)
  }
  for await (const intent of stripe.paymentIntents.list({ limit: 100, expand: ['data.latest_charge'] })) {
    const charge = intent.latest_charge as Stripe.Charge | null
    const email = charge?.billing_details.email ?? ''
    if (intent.status !== 'succeeded' || credits[email] === undefined || disputed.has(intent.id)) continue
    const { amount, amount_refunded } = charge!
    credits[email] += Math.floor((Number(intent.metadata.credits ?? 0) * (amount - amount_refunded)) / amount)
  }
  return credits
}

export async function creditsThatAre(db: Db, emails: string[]): Promise<Record<string, number>> {
  const users = await db.selectFrom('users').select(['id', 'email']).where('email', 'in', emails).execute()
  const pairs = users.map(async ({ id, email }) => [email, await creditsOf(db, id)] as const)
  return Object.fromEntries(await Promise.all(pairs))
}
