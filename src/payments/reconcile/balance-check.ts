import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Db } from '../../db/connection.ts'

export interface BalanceCheck {
  currency: string
  /** Minor units: the sum of our books, and what Stripe says is there, available and on its way. */
  ours: number
  stripes: number
}

/** The sum of the books beside Stripe's balance, currency by currency. */
export async function compareBalance(db: Db, stripe: Stripe): Promise<BalanceCheck[]> {
  const stripes = await balanceOf(stripe)
  const ours = await sumsOf(db)
  const currencies = [...new Set([...stripes.keys(), ...ours.keys()])].toSorted()
  return currencies.map((currency) => ({
    currency,
    ours: ours.get(currency) ?? 0,
    stripes: stripes.get(currency) ?? 0,
  }))
}

/** https://docs.stripe.com/api/balance/balance_object */
async function balanceOf(stripe: Stripe): Promise<Map<string, number>> {
  const { available, pending } = await stripe.balance.retrieve()
  const sums = new Map<string, number>()
  for (const { currency, amount } of [...available, ...pending]) {
    sums.set(currency, (sums.get(currency) ?? 0) + amount)
  }
  return sums
}

async function sumsOf(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('balance_transactions')
    .select(['currency', sql<number>`sum(net)::bigint`.as('net')])
    .where('balance_type', '=', 'payments')
    .groupBy('currency')
    .execute()
  return new Map(rows.map(({ currency, net }) => [currency, net]))
}

/**
 * Remembers how they compared. Money may move while one looks, so a difference counts as one when the next comparison,
 * an hour later, finds the same.
 */
export async function rememberBalance(db: Db, checks: BalanceCheck[]): Promise<void> {
  for (const { currency, ours, stripes } of checks) {
    const now = new Date()
    await db
      .insertInto('balance_checks')
      .values({ currency, ours, stripes, checked_at: now, differs_since: null })
      .onConflict((conflict) =>
        conflict.column('currency').doUpdateSet({
          ours,
          stripes,
          checked_at: now,
          differs_since: sql<Date | null>`case
            when ${ours === stripes} then null
            when balance_checks.ours - balance_checks.stripes = ${ours - stripes}::bigint
              then coalesce(balance_checks.differs_since, balance_checks.checked_at)
          end`,
        }),
      )
      .execute()
  }
}
