import { sql } from 'kysely'

/**
 * For queries of payments and subscriptions: those that a user has claimed, and those of their proved address that nobody
 * has. Whoever proves an address later does not see what its former reader claimed.
 */
export function isPaidBy({ id, email }: { id: string; email: string }) {
  return sql<boolean>`(user_id = ${id} or (user_id is null and email = ${email}))`
}
