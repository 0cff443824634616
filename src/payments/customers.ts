import { sql } from 'kysely'
import type Stripe from 'stripe'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Locale } from '../locales.ts'
import { isPaidBy } from './paid-by.ts'
import { ownPortal } from './portal.ts'
import { isMissing } from './stripe.ts'
import { type SyncDeps, sync } from './sync.ts'

/**
 * Stripe's customer (cus_…) that a user has paid as while signed in; undefined before. A guest who wrote their address at
 * Stripe is somebody else, though the purchase may be theirs: that card and those invoices are not.
 */
export async function customerOf(db: Db, userId: string): Promise<string | undefined> {
  const subscription = await db
    .selectFrom('subscriptions')
    .select('customer_id')
    .where('user_id', '=', userId)
    .where('buyer_id', '=', userId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (subscription) return subscription.customer_id
  const payment = await db
    .selectFrom('payments')
    .select('customer_id')
    .where('user_id', '=', userId)
    .where('buyer_id', '=', userId)
    .where('customer_id', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return payment?.customer_id ?? undefined
}

/** What a user is subscribed to, the newest first. */
export function liveSubscriptions(db: Db, userId: string) {
  return db
    .selectFrom('subscriptions')
    .select(['id', 'plan', 'customer_id', 'status', 'period_start', 'period_end', 'ends_at'])
    .where('user_id', '=', userId)
    .where('status', 'in', LIVE)
    .orderBy('created_at', 'desc')
    .execute()
}

/** What a user can manage at Stripe: usually all in one place; what a guest bought for them, apart, by its subscription. */
export async function portalsOf(
  db: Db,
  userId: string,
  live: Awaited<ReturnType<typeof liveSubscriptions>>,
): Promise<{ subscriptionId?: string; plan?: string | null }[]> {
  const own = (await hasInvoices(db, userId)) ? await customerOf(db, userId) : undefined
  const others = live.filter(({ customer_id }) => customer_id !== own)
  return [...(own ? [{}] : []), ...others.map(({ id, plan }) => ({ subscriptionId: id, plan }))]
}

/**
 * Whether Stripe has anything to show to whom bought while signed in: a subscription, also one that ended, has invoices;
 * what is sold once has them where the catalog says so. Of anything else the portal's page would be empty.
 */
async function hasInvoices(db: Db, userId: string): Promise<boolean> {
  const { invoices } = catalog.checkout
  const subscription = db
    .selectFrom('subscriptions')
    .select('id')
    .where('user_id', '=', userId)
    .where('buyer_id', '=', userId)
  const payment = db
    .selectFrom('payments')
    .select('id')
    .where('user_id', '=', userId)
    .where('buyer_id', '=', userId)
    .where((eb) => eb.or([eb('invoice_id', 'is not', null), ...(invoices ? [eb('price_key', 'is not', null)] : [])]))
  return (await subscription.union(payment).limit(1).executeTakeFirst()) !== undefined
}

/** Whether a user has ever subscribed, to anything: then no trial is left. */
export async function hasSubscribed(db: Db, user: { id: string; email: string }): Promise<boolean> {
  const one = await db.selectFrom('subscriptions').select('id').where(isPaidBy(user)).limit(1).executeTakeFirst()
  return one !== undefined
}

/** Who pays, for a Checkout Session: Stripe's customer of somebody who has paid before; to others their address is suggested. */
export async function payerOf(db: Db, user: { userId: string; email: string } | undefined) {
  if (!user) return {}
  const { userId, email } = user
  const customerId = await customerOf(db, userId)
  return { userId, ...(customerId ? { customerId } : { email }) }
}

const LIVE = ['active', 'trialing', 'past_due', 'incomplete', 'unpaid', 'paused']

/**
 * The address of Stripe's customer portal, where a customer changes the card, switches, cancels or resumes. Undefined for
 * somebody who has never paid. Throws Stripe's errors. https://docs.stripe.com/customer-management
 */
export async function portalUrl(
  { db, stripe, config }: { db: Db; stripe: Stripe; config: Pick<Config, 'baseUrl'> },
  { userId, subscriptionId }: { userId: string; subscriptionId?: string | undefined },
  locale: Locale,
): Promise<string | undefined> {
  const live = await liveSubscriptions(db, userId)
  const asked = live.find(({ id }) => id === subscriptionId)
  const customer = asked?.customer_id ?? (await customerOf(db, userId)) ?? live[0]?.customer_id
  if (!customer) return undefined
  // Without one of ours (npm run stripe:setup makes it), the account's default.
  const configuration = await ownPortal(stripe)
  const session = await stripe.billingPortal.sessions.create({
    customer,
    ...(configuration && { configuration: configuration.id }),
    return_url: `${config.baseUrl}/account`,
    locale: locale === 'zh-CN' ? 'zh' : 'en',
  })
  return session.url
}

/** Ends the live subscriptions of a user at Stripe at once, before their account goes. Throws Stripe's errors. */
export async function cancelSubscriptions(
  { db, stripe }: { db: Db; stripe: Stripe },
  user: { id: string; email: string },
): Promise<void> {
  const live = await db
    .selectFrom('subscriptions')
    .select('id')
    .where(isPaidBy(user))
    .where('status', 'in', LIVE)
    .execute()
  for (const { id } of live) {
    await stripe.subscriptions.cancel(id).catch((error) => {
      // One that Stripe no longer has charges nobody.
      if (!isMissing(error)) throw error
    })
  }
}

/**
 * Tells Stripe the address of a user who has changed it, so that the receipts of renewals reach them. Runs as a job.
 * Throws Stripe's errors.
 */
export async function updateCustomerEmail(deps: SyncDeps, userId: string): Promise<void> {
  const { db, stripe } = deps
  const user = await db.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirst()
  const rows = await db
    .selectFrom('subscriptions')
    .select(['id', 'customer_id'])
    .where('buyer_id', '=', userId)
    .union(
      db
        .selectFrom('payments')
        .select([sql<string>`null`.as('id'), sql<string>`customer_id`.as('customer_id')])
        .where('buyer_id', '=', userId)
        .where('customer_id', 'is not', null),
    )
    .execute()
  if (!user) return
  for (const customer of new Set(rows.map(({ customer_id }) => customer_id))) {
    await stripe.customers.update(customer, { email: user.email }).catch((error) => {
      if (!isMissing(error)) throw error
    })
  }
  for (const { id } of rows) if (id) await sync(deps, id)
}
