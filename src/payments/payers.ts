import { sql } from 'kysely'
import { isKept } from './offline-entries.ts'

/**
 * For queries: who paid. An account is one person whatever their addresses, and without an account an address is; who left
 * no address, or is forgotten, is one for each Stripe customer, or else each payment. There are indexes on just these.
 */
export const personOf = {
  payments: sql<string>`coalesce(user_id, email, customer_id, id)`,
  subscriptions: sql<string>`coalesce(user_id, email, customer_id, id)`,
  offline_entries: sql<string>`coalesce(user_id, email, 'offline-' || coalesce(reverses, id)::text)`,
}

/** For queries: `person` and `at` of every payment, by Stripe or by hand, that was not all paid back. */
export const payers = sql<{ person: string; at: Date }>`(
  select ${personOf.payments} as person, paid_at as at from payments
  where status = 'paid' and refunded < amount
  union all
  select ${personOf.offline_entries}, received_at from offline_entries where amount > 0 and ${isKept}
)`
