import { sql } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Db } from '../db/connection.ts'
import { decimalsOf, type Money } from '../money.ts'
import { payers } from '../payments/payers.ts'

const PAYERS = [10, 100, 1000]
/** "¥1,000" in the catalog's currency. */
export const grossMilestone: Money = { amount: 1000 * 10 ** decimalsOf(catalog.currency), currency: catalog.currency }

export type Reached = { key: 'subscriber' | 'gross' | `payers-${number}`; at: Date }

/** What was reached so far, the newest first. */
export async function readMilestones(db: Db): Promise<Reached[]> {
  const rows = await db.selectFrom('milestones').selectAll().orderBy('reached_at', 'desc').execute()
  return rows.map(({ key, reached_at }) => ({ key, at: reached_at }) as Reached)
}

/**
 * Writes down what was reached since it was last looked. What is there stays, also when money goes back later. It reads all
 * payments, but only on the way to the next milestone, when they are few.
 */
export async function noteMilestones(db: Db): Promise<void> {
  const known = new Set((await readMilestones(db)).map(({ key }) => key))
  const next = PAYERS.find((count) => !known.has(`payers-${count}`))
  const looks: [Reached['key'], () => Promise<Date | null>][] = [
    ['subscriber', () => firstSubscriber(db)],
    ['gross', () => grossReached(db)],
  ]
  if (next) looks.push([`payers-${next}`, () => payerNumber(db, next)])
  for (const [key, look] of looks) {
    const reached_at = known.has(key) ? null : await look()
    if (!reached_at) continue
    await db
      .insertInto('milestones')
      .values({ key, reached_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    // The next one may be reached as well, in books that come from elsewhere.
    if (key.startsWith('payers-')) await noteMilestones(db)
  }
}

/** When somebody first paid for a subscription, see docs/metrics.md. */
async function firstSubscriber(db: Db): Promise<Date | null> {
  const { at } = await db
    .selectFrom('subscriptions')
    .select(({ fn }) => fn.min('began_at').as('at'))
    .executeTakeFirstOrThrow()
  return at
}

/** When the last one of that many people came. */
async function payerNumber(db: Db, number: number): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    select min(at) as at from ${payers} as payers group by person order by 1 offset ${number - 1} limit 1
  `.execute(db)
  return rows[0]?.at ?? null
}

async function grossReached(db: Db): Promise<Date | null> {
  const { amount, currency } = grossMilestone
  const { rows } = await sql<{ at: Date }>`
    select at from (
      select at, sum(amount) over (order by at rows unbounded preceding) as sum from (
        select paid_at as at, amount - refunded as amount from payments
        where status = 'paid' and currency = ${currency}
        union all
        select received_at, amount from offline_entries where currency = ${currency}
      ) as paid
    ) as running where sum >= ${amount} order by at limit 1
  `.execute(db)
  return rows[0]?.at ?? null
}
