import type Stripe from 'stripe'
import { catalog, priceOfKey } from '../catalog.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import { formatMoney } from '../money.ts'
import { type Evidence, evidenceFields, limits } from './form.ts'
import type { Dispute } from './read.ts'

/**
 * What we know about a disputed payment, put as a bank reads it: in English, with times in UTC. `charge` tells what the
 * payer typed at Stripe.
 */
export async function collectEvidence(
  { db, features }: { db: Db; features: Feature[] },
  dispute: Dispute,
  charge: Stripe.Charge | undefined,
): Promise<Evidence> {
  const { name, email, address } = charge?.billing_details ?? {}
  const { paid_at } = dispute
  return cut({
    customer_name: dispute.name ?? name ?? '',
    customer_email_address: dispute.email ?? email ?? '',
    billing_address: address ? addressText(address) : '',
    product_description: productText(dispute),
    service_date: paid_at ? day(paid_at) : '',
    access_activity_log: activityText(await activity(db, features, dispute)),
    uncategorized_text: statement(dispute),
  })
}

/** What was saved at Stripe before. */
export function savedEvidence(evidence: Stripe.Dispute.Evidence): Evidence {
  return Object.fromEntries(evidenceFields.map((field) => [field, evidence[field] ?? ''])) as Evidence
}

function productText({ price_key, quantity, description, paid, currency }: Dispute): string {
  const price = priceOfKey(price_key ?? undefined)
  const amount = formatMoney({ amount: paid, currency }, 'en')
  const total = `${amount} (${currency.toUpperCase()})`
  if (!price) return `${description}. Paid: ${total}.`
  const { product, label } = price
  const what = [product.name.en, label?.en, quantity > 1 && `${quantity} times`].filter(Boolean).join(', ')
  return `${what}: ${product.description.en} Paid: ${total}.`
}

interface Activity {
  at: Date
  text: string
}

async function activity(db: Db, features: Feature[], dispute: Dispute): Promise<Activity[]> {
  const { payment_id, user_id, buyer_id, paid_at } = dispute
  // A guest may have written anybody's address: what its owner did is not the payer's to read.
  const payer = buyer_id && buyer_id === user_id ? user_id : null
  const mails = await db
    .selectFrom('mails')
    .select(['key', 'recipient', 'sent_at'])
    .where('payment_id', '=', payment_id)
    .where((eb) => eb.or([eb('key', 'like', 'receipt:%'), eb('key', 'like', 'refund:%')]))
    .where('sent_at', 'is not', null)
    .execute()
  const lines = [
    ...(paid_at ? [{ at: paid_at, text: 'Paid on the page of Stripe' }] : []),
    ...mails.map(({ key, recipient, sent_at }) => ({
      at: sent_at!,
      text: `Sent the ${key.split(':')[0]} to ${recipient}`,
    })),
    ...(payer ? await activityOf(db, payer) : []),
  ]
  if (payer) for (const feature of features) lines.push(...((await feature.evidence?.(payer)) ?? []))
  return lines.toSorted((a, b) => a.at.getTime() - b.at.getTime())
}

async function activityOf(db: Db, userId: string): Promise<Activity[]> {
  const [users, sessions, uses] = await Promise.all([
    db.selectFrom('users').select(['email', 'email_verified_at', 'created_at']).where('id', '=', userId).execute(),
    db.selectFrom('sessions').select(['created_at', 'device']).where('user_id', '=', userId).execute(),
    db
      .selectFrom('credit_uses')
      .select(['created_at', 'amount', 'reason'])
      .where('user_id', '=', userId)
      .where('amount', '>', 0)
      .execute(),
  ])
  return [
    ...users.map(({ created_at, email }) => ({ at: created_at, text: `Opened an account as ${email}` })),
    ...users.flatMap(({ email_verified_at: at, email }) =>
      at ? [{ at, text: `Confirmed the address ${email}` }] : [],
    ),
    ...sessions.map(({ created_at, device }) => ({ at: created_at, text: `Signed in with ${device ?? 'a browser'}` })),
    ...uses.map(({ created_at, amount, reason }) => ({
      at: created_at,
      text: `Used ${amount} paid ${amount === 1 ? 'credit' : 'credits'} (${reason})`,
    })),
  ]
}

/** The newest, if there is not room for all: what somebody did lately is what the bank wants to know. */
function activityText(lines: Activity[]): string {
  const texts = lines.map(({ at, text }) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC  ${text}`)
  while (texts.join('\n').length > limits.access_activity_log) texts.shift()
  return texts.join('\n')
}

function statement({ paid_at, email, message }: Dispute): string {
  const { refunds } = catalog
  return [
    paid_at &&
      `The customer paid on ${day(paid_at)} on the page of Stripe${email ? `, and gave the address ${email}` : ''}.`,
    message && `With the payment they wrote: “${message}”`,
    refunds &&
      `What is unused can be taken back by the customer at once, without asking, for ${refunds.days} days after the payment.`,
  ]
    .filter(Boolean)
    .join('\n')
}

function addressText({ line1, line2, postal_code, city, state, country }: Stripe.Address): string {
  return [line1, line2, [postal_code, city].filter(Boolean).join(' '), state, country].filter(Boolean).join('\n')
}

const day = (date: Date) => date.toISOString().slice(0, 10)

function cut(evidence: Evidence): Evidence {
  return Object.fromEntries(
    evidenceFields.map((field) => [field, [...evidence[field]].slice(0, limits[field]).join('')]),
  ) as Evidence
}
