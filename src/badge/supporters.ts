import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { isKept } from '../payments/offline-entries.ts'

const MINUTES = 60_000

/**
 * How many people have paid, by Stripe or by hand, and not got everything back. An account is one person whatever their
 * addresses, and without an account an address is; who left no address, or is forgotten, is one for each Stripe customer,
 * or else each payment.
 */
export async function countSupporters(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct person) as count from (
      select coalesce(user_id, email, customer_id, id) as person from payments
      where status = 'paid' and refunded < amount
      union all
      select coalesce(user_id, email, 'offline-' || id) from offline_entries where amount > 0 and ${isKept}
    ) as people
  `.execute(db)
  return rows[0]!.count
}

/** What `ask` answers, asked at most once in `minutes`, however many want to know. A failure is not kept. */
export function remembered<T>(minutes: number, ask: () => Promise<T>): () => Promise<T> {
  let latest: { answer: Promise<T>; until: number } | undefined
  return () => {
    if (!latest || latest.until <= Date.now()) {
      const asked = { answer: ask(), until: Date.now() + minutes * MINUTES }
      latest = asked
      asked.answer.catch(() => {
        if (latest === asked) latest = undefined
      })
    }
    return latest.answer
  }
}
