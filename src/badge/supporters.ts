import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { payers } from '../payments/payers.ts'

const MINUTES = 60_000

/** How many people have paid, by Stripe or by hand, and not got everything back. */
export async function countSupporters(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct person) as count from ${payers} as payers
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
