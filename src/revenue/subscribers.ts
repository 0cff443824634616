import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { moves, paid } from './subscriber-moves.ts'

/** Who pays again and again, now, in one currency; amounts are minor units. What each word means: docs/metrics.md. */
export interface Subscribers {
  mrr: number
  /** People, not subscriptions. */
  active: number
  /** Of these, subscriptions that will not be renewed, and what they are of the MRR. */
  leaving: number
  leavingMrr: number
}

/** The currencies that people subscribe in, the one with the most subscriptions first. They need not be those of the books. */
export async function subscribedCurrencies(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('subscriptions')
    .select('currency')
    .where('began_at', 'is not', null)
    .groupBy('currency')
    .orderBy((row) => row.fn.countAll(), 'desc')
    .orderBy('currency')
    .execute()
  return rows.map(({ currency }) => currency)
}

export async function subscribersNow(db: Db, currency: string): Promise<Subscribers> {
  const { rows } = await sql<Subscribers>`
    select
      coalesce(sum(mrr), 0)::bigint as mrr,
      count(distinct person)::bigint as active,
      count(*) filter (where ends_at is not null)::bigint as leaving,
      coalesce(sum(mrr) filter (where ends_at is not null), 0)::bigint as "leavingMrr"
    from (${paid(currency)}) as paid
    where stopped_at is null
  `.execute(db)
  return rows[0]!
}

/** What happened in a span, in people. `churnRate` is 0 to 1; null when there was nobody who could have left. */
export interface Movements {
  atStart: number
  new: number
  reactivated: number
  churned: number
  churnRate: number | null
}

/** A calendar month in the owner's time zone. `month` is yyyy-mm. */
export type MonthMovements = Movements & { month: string }

/** The owner's last `count` months, this one last; of this one everything counts, as Stripe's clock may be ahead of ours. */
export async function monthlyMovements(
  db: Db,
  { currency, timeZone, count, now }: { currency: string; timeZone: string; count: number; now: Date },
): Promise<MonthMovements[]> {
  const thisMonth = sql`date_trunc('month', ${now}::timestamptz at time zone ${timeZone})`
  const { rows } = await sql<Omit<MonthMovements, 'churnRate'>>`
    with moves as (${moves(currency)}), by_month as (
      select least(date_trunc('month', at at time zone ${timeZone}), ${thisMonth}) as month,
        count(*) filter (where what = 'new') as new,
        count(*) filter (where what = 'reactivated') as reactivated,
        count(*) filter (where what = 'churned') as churned
      from moves group by 1
    )
    select to_char(m.month, 'YYYY-MM') as month,
      (
        select coalesce(sum(b.new + b.reactivated - b.churned), 0)::bigint from by_month b where b.month < m.month
      ) as "atStart",
      coalesce(new, 0)::bigint as new,
      coalesce(reactivated, 0)::bigint as reactivated,
      coalesce(churned, 0)::bigint as churned
    from generate_series(${thisMonth} - make_interval(months => ${count - 1}::int), ${thisMonth}, interval '1 month') as m(month)
    left join by_month on by_month.month = m.month
    order by m.month
  `.execute(db)
  return rows.map((row) => ({ ...row, churnRate: rateOf(row) }))
}

/** The last 30 days, which Stripe's churn rate is of, too. */
export async function lastThirtyDays(db: Db, { currency, now }: { currency: string; now: Date }): Promise<Movements> {
  const from = sql`${now}::timestamptz - interval '30 days'`
  const { rows } = await sql<Omit<Movements, 'churnRate'>>`
    with moves as (${moves(currency)})
    select
      (
        count(*) filter (where at < ${from} and what <> 'churned') - count(*) filter (where at < ${from} and what = 'churned')
      )::bigint as "atStart",
      count(*) filter (where at >= ${from} and what = 'new')::bigint as new,
      count(*) filter (where at >= ${from} and what = 'reactivated')::bigint as reactivated,
      count(*) filter (where at >= ${from} and what = 'churned')::bigint as churned
    from moves
  `.execute(db)
  return { ...rows[0]!, churnRate: rateOf(rows[0]!) }
}

function rateOf({ atStart, new: joined, reactivated, churned }: Omit<Movements, 'churnRate'>): number | null {
  const couldLeave = atStart + joined + reactivated
  return couldLeave > 0 ? churned / couldLeave : null
}

/**
 * What a subscriber brings before leaving, in minor units: MRR of one ÷ churn rate of a month, rounded once, half up.
 * Null while there is nobody, or nobody left: it would be endless.
 */
export function lifetimeValue({ mrr, active }: Subscribers, { churned, ...rest }: Movements): number | null {
  if (active === 0 || churned === 0) return null
  // Whole numbers to the end, which may be past 2^53 on the way.
  const above = BigInt(mrr) * BigInt(rest.atStart + rest.new + rest.reactivated)
  return halfUp(above, BigInt(active) * BigInt(churned))
}

function halfUp(above: bigint, below: bigint): number {
  return Number((2n * above + below) / (2n * below))
}

/** What everybody who ever subscribed has paid by now for it, less refunds, before fees, and what that is `each`; minor units. */
export async function paidSoFar(
  db: Db,
  currency: string,
): Promise<{ subscribers: number; paid: number; each: number }> {
  const { rows } = await sql<{ subscribers: number; paid: number }>`
    select
      (select count(distinct person) from (${paid(currency)}) as paid)::bigint as subscribers,
      (
        select coalesce(sum(amount - refunded), 0) from payments
        where kind = 'subscription' and status = 'paid' and currency = ${currency}
      )::bigint as paid
  `.execute(db)
  const { subscribers, paid: inAll } = rows[0]!
  return { subscribers, paid: inAll, each: subscribers > 0 ? halfUp(BigInt(inAll), BigInt(subscribers)) : 0 }
}
