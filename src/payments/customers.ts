import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Locale } from '../locales.ts'
import { isPaidBy } from './paid-by.ts'
import { ownPortal } from './portal.ts'
import { isMissing } from './stripe.ts'

/** Stripe's customer (cus_…) of a user: that of their latest subscription, else of their latest payment. */
export async function customerOf(db: Db, userId: string): Promise<string | undefined> {
  const subscription = await db
    .selectFrom('subscriptions')
    .select('customer_id')
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (subscription) return subscription.customer_id
  const payment = await db
    .selectFrom('payments')
    .select('customer_id')
    .where('user_id', '=', userId)
    .where('customer_id', 'is not', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return payment?.customer_id ?? undefined
}

const LIVE = ['active', 'trialing', 'past_due', 'incomplete', 'unpaid', 'paused']

/** A subscription of a user to a plan that has not ended; a second one would be paid twice. */
export function liveSubscription(db: Db, userId: string, plan: string | undefined) {
  return db
    .selectFrom('subscriptions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('plan', '=', plan ?? null)
    .where('status', 'in', LIVE)
    .limit(1)
    .executeTakeFirst()
}

/**
 * The address of Stripe's customer portal, where a customer changes the card, switches, cancels or resumes. Undefined for
 * somebody who has never paid. Throws Stripe's errors. https://docs.stripe.com/customer-management
 */
export async function portalUrl(
  { db, stripe, config }: { db: Db; stripe: Stripe; config: Pick<Config, 'baseUrl'> },
  userId: string,
  locale: Locale,
): Promise<string | undefined> {
  const customer = await customerOf(db, userId)
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
