import { sql } from 'kysely'
import { isKept } from './offline-entries.ts'

/**
 * For queries: `person` and `at` of every payment, by Stripe or by hand, that was not all paid back. An account is one
 * person whatever their addresses, and without an account an address is; who left no address, or is forgotten, is one for
 * each Stripe customer, or else each payment.
 */
export const payers = sql<{ person: string; at: Date }>`(
  select coalesce(user_id, email, customer_id, id) as person, paid_at as at from payments
  where status = 'paid' and refunded < amount
  union all
  select coalesce(user_id, email, 'offline-' || id), received_at from offline_entries where amount > 0 and ${isKept}
)`
