import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { categoryOf, OFFLINE, RULES, sums } from './movements.ts'

/** What moved the balance in one currency, in minor units: gross − refunds − disputes − fees + other = net. */
export interface Totals {
  gross: number
  refunds: number
  disputes: number
  fees: number
  /** What is none of these: adjustments, and what Stripe has invented since. */
  other: number
  net: number
  /** Payments whose fee Stripe has not told yet; they are in gross and net with what was paid. */
  pendingFees: number
}

export interface Span {
  currency: string
  timeZone: string
  /** Days of the owner, as SQL of type date. */
  first: RawBuilder<unknown>
  last: RawBuilder<unknown>
  /** When the last day ends, as SQL of type timestamptz; without it all that is later counts as of that day. */
  until?: RawBuilder<unknown>
}

/**
 * The totals of each day of a span, those without movements as 0. `day` is yyyy-mm-dd.
 * One statement and so one snapshot: a day comes either from its sums or, when it has none or somebody has marked it, from
 * the books. See rollups.ts.
 */
export async function totalsByDay(db: Db, { currency, timeZone, first, last, until }: Span) {
  const { rows } = await sql<Totals & { day: string }>`
    with asked as materialized (
      select ${first} as first, ${last} as last, ${until ?? sql`'infinity'::timestamptz`} as until,
        (select rolled_until from revenue_rollup where basis = ${basisOf(timeZone)}) as rolled_until
    ),
    late as materialized (
      select distinct ${dayOf(sql`at`, timeZone)} as day from revenue_late, asked
      where at >= ${about(sql`first`, '-', timeZone)} and at < ${about(sql`last + 1`, '+', timeZone)}
    ),
    days as materialized (
      select d.day::date as day, last,
        coalesce(d.day::date < last and d.day::date <= rolled_until, false)
          and d.day::date not in (select day from late) as is_rolled,
        ${about(sql`d.day::date`, '-', timeZone)} as since,
        case when d.day::date = last then until else ${about(sql`d.day::date + 1`, '+', timeZone)} end as until
      from asked, generate_series(first, last, interval '1 day') as d(day)
    ),
    totals as (
      select day, gross, refunds, disputes, fees, other, net, 0 as pending from revenue_days
      where currency = ${currency} and day >= (select first from asked) and day < (select last from asked)
        and day in (select day from days where is_rolled)
      union all
      select day, ${sums}, 0 from (
        select d.day, category, amount, fee, net
        from days as d cross join lateral (
          select ${categoryOf} as category, amount, fee, net from (
            -- Of thousands of rows these are a handful, and only a handful is asked for its category.
            select type, reporting_category, sum(amount) as amount, sum(fee) as fee, sum(net) as net from balance_transactions
            where currency = ${currency} and created_at >= d.since and created_at < d.until
              and least(${dayOf(sql`created_at`, timeZone)}, d.last) = d.day
            group by type, reporting_category
          ) as balance_transactions
          union all
          select ${OFFLINE}::text, amount, 0, amount from offline_entries
          where currency = ${currency} and received_at >= d.since and received_at < d.until
            and least(${dayOf(sql`received_at`, timeZone)}, d.last) = d.day
        ) as m where not d.is_rolled
      ) as live group by day
      union all
      select least(${dayOf(sql`p.paid_at`, timeZone)}, last), amount, 0, 0, 0, 0, amount, 1
      from asked, payments as p
      where p.currency = ${currency} and ${isPending} and p.paid_at < until
        and p.paid_at >= (select ${about(sql`first`, '-', timeZone)} from asked) and ${dayOf(sql`p.paid_at`, timeZone)} >= first
    )
    select to_char(day, 'YYYY-MM-DD') as day,
      coalesce(sum(gross), 0)::bigint as gross,
      coalesce(sum(refunds), 0)::bigint as refunds,
      coalesce(sum(disputes), 0)::bigint as disputes,
      coalesce(sum(fees), 0)::bigint as fees,
      coalesce(sum(other), 0)::bigint as other,
      coalesce(sum(net), 0)::bigint as net,
      coalesce(sum(pending), 0)::bigint as "pendingFees"
    from days left join totals using (day) group by day order by day
  `.execute(db)
  return rows
}

// Settlement may be in another currency; until Stripe tells, the payment counts in its own.
export const isPending = sql`p.paid_at is not null and p.balance_transaction_id is null and p.amount > 0`

/** The day of the owner that a moment is in. */
export function dayOf(at: RawBuilder<unknown>, timeZone: string): RawBuilder<unknown> {
  return sql`(${at} at time zone ${timeZone})::date`
}

/**
 * For an index: a moment a little before ('-') or after ('+') the midnight that a day begins with. Not that midnight itself:
 * when clocks are set back it may come twice. `dayOf` decides.
 */
export function about(day: RawBuilder<unknown>, way: '-' | '+', timeZone: string): RawBuilder<unknown> {
  return sql`((${day})::timestamp at time zone ${timeZone}) ${sql.raw(way)} interval '2 hours'`
}

/** Sums of another time zone, or by other rules, are not ours. */
export function basisOf(timeZone: string): string {
  return `${timeZone} ${createHash('sha256').update(RULES).digest('hex').slice(0, 12)}`
}
