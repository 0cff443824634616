import type { SignedIn } from '../auth/lucia.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import { decimal } from '../money.ts'
import { isPaidBy } from '../payments/paid-by.ts'

/**
 * Everything that we hold about a person, without what signs them in: hashes and keys. Times are UTC, amounts decimal.
 */
export async function ownData({ db, features }: { db: Db; features: Feature[] }, user: SignedIn) {
  const more = await Promise.all(features.flatMap((feature) => feature.ownData?.(user) ?? []))
  // What hangs on the address is theirs once they proved it.
  const proved = user.emailVerified ? user.email : ''
  const payer = { id: user.userId, email: proved }
  const purchases = await purchasesOf(db, payer)
  const subscriptions = await subscriptionsOf(db, payer)
  return {
    account: await accountOf(db, user),
    sessions: await sessionsOf(db, user),
    passkeys: await passkeysOf(db, user),
    linkedAccounts: await linkedAccountsOf(db, user),
    proofs: await proofsOf(db, user, proved),
    purchases: purchases.map(({ amount, refunded, currency, ...purchase }) => ({
      ...purchase,
      amount: decimal({ amount, currency }),
      refunded: decimal({ amount: refunded, currency }),
      currency: currency.toUpperCase(),
    })),
    subscriptions: subscriptions.map(({ amount, currency, ...subscription }) => ({
      ...subscription,
      amount: decimal({ amount, currency }),
      currency: currency.toUpperCase(),
    })),
    creditUses: await creditUsesOf(db, user),
    ...Object.assign({}, ...more),
    stripeEvents: await eventsAbout(db, [
      ...purchases.flatMap(({ id, sessionId, invoiceId }) => [id, sessionId ?? [], invoiceId ?? []].flat()),
      ...subscriptions.map(({ id }) => id),
    ]),
    mails: await mailsTo(db, user, proved),
  }
}

type Payer = Parameters<typeof isPaidBy>[0]

async function accountOf(db: Db, { userId }: SignedIn) {
  const user = await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
  return {
    id: user.id,
    email: user.email,
    emailProvedAt: user.email_verified_at,
    hasPassword: user.password_hash !== null,
    locale: user.locale,
    lastSeenAt: user.last_seen_at,
    createdAt: user.created_at,
  }
}

function sessionsOf(db: Db, { userId }: SignedIn) {
  return db
    .selectFrom('sessions')
    .select(['device', 'method', 'created_at as signedInAt', 'last_seen_at as lastSeenAt', 'expires_at as expiresAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute()
}

function passkeysOf(db: Db, { userId }: SignedIn) {
  return db
    .selectFrom('passkeys')
    .select(['name', 'transports', 'created_at as createdAt', 'last_used_at as lastUsedAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute()
}

function linkedAccountsOf(db: Db, { userId }: SignedIn) {
  return db
    .selectFrom('oauth_accounts')
    .select(['provider', 'provider_user_id as providerUserId', 'email', 'created_at as linkedAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute()
}

function proofsOf(db: Db, { userId }: SignedIn, email: string) {
  return db
    .selectFrom('email_proofs')
    .select(['purpose', 'email', 'locale', 'created_at as askedAt', 'used_at as usedAt', 'expires_at as expiresAt'])
    .where(({ or, eb }) => or([eb('email', '=', email), eb('user_id', '=', userId)]))
    .orderBy('created_at')
    .execute()
}

function purchasesOf(db: Db, payer: Payer) {
  return db
    .selectFrom('payments')
    .select(['id', 'kind', 'status', 'description', 'amount', 'currency', 'refunded', 'email', 'name', 'message'])
    .select([
      'locale',
      'method',
      'quantity',
      'credits',
      'plan',
      'days',
      'livemode',
      'subscription_id as subscriptionId',
    ])
    .select([
      'customer_id as customerId',
      'session_id as sessionId',
      'charge_id as chargeId',
      'invoice_id as invoiceId',
    ])
    .select(['created_at as createdAt', 'paid_at as paidAt', 'on_wall as onWall'])
    .where(isPaidBy(payer))
    .orderBy('created_at')
    .execute()
}

function subscriptionsOf(db: Db, payer: Payer) {
  return db
    .selectFrom('subscriptions')
    .select(['id', 'customer_id as customerId', 'email', 'locale', 'status', 'plan', 'quantity', 'amount', 'currency'])
    .select(['every', 'every_count as everyCount', 'period_start as periodStart', 'period_end as periodEnd'])
    .select([
      'trial_end as trialEnd',
      'ends_at as endsAt',
      'ended_at as endedAt',
      'created_at as createdAt',
      'livemode',
    ])
    .where(isPaidBy(payer))
    .orderBy('created_at')
    .execute()
}

function creditUsesOf(db: Db, { userId }: SignedIn) {
  return db
    .selectFrom('credit_uses')
    .select(['amount', 'reason', 'created_at as createdAt'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute()
}

async function eventsAbout(db: Db, objectIds: string[]) {
  if (objectIds.length === 0) return []
  return db
    .selectFrom('inbox')
    .select(['id', 'type', 'created_at as createdAt', 'received_at as receivedAt', 'payload'])
    .where('object_id', 'in', objectIds)
    .orderBy('created_at')
    .execute()
}

async function mailsTo(db: Db, { userId }: SignedIn, email: string) {
  const mails = await db
    .selectFrom('mails')
    .select(['recipient', 'message', 'payment_id as paymentId', 'created_at as writtenAt', 'sent_at as sentAt'])
    .where(({ or, eb }) => or([eb('recipient', '=', email), eb('user_id', '=', userId)]))
    .orderBy('id')
    .execute()
  return mails.map(({ message, ...mail }) => ({ kind: message.template, ...mail }))
}
