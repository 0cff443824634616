import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { isKept } from '../payments/offline-entries.ts'
import { dayOf, isPending, type Totals, totalsByDay } from './days.ts'

/** The currencies that money came in, the one with the latest movement first. */
export async function currenciesOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ currency: string }>`
    ${eachCurrency(nextCurrency)}
    order by greatest(
      (select max(created_at) from balance_transactions b where b.currency = seen.currency),
      (select max(paid_at) from payments p where p.currency = seen.currency and ${isPending}),
      (select max(received_at) from offline_entries o where o.currency = seen.currency)
    ) desc
  `.execute(db)
  return rows.map((row) => row.currency)
}

/** Steps from one to the next by the indexes, however many rows there are of each. `next` tells the one after another. */
export function eachCurrency(
  next: (last: RawBuilder<unknown>) => RawBuilder<unknown>,
): RawBuilder<{ currency: string }> {
  return sql`
    with recursive seen as (
      select ${next(sql`''`)} as currency
      union all
      select ${next(sql`seen.currency`)} from seen where seen.currency is not null
    )
    select currency from seen where currency is not null`
}

function nextCurrency(last: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`least(
    (select min(b.currency) from balance_transactions b where b.currency > ${last}),
    (select min(p.currency) from payments p where p.currency > ${last} and ${isPending}),
    (select min(o.currency) from offline_entries o where o.currency > ${last})
  )`
}

/** Totals of the owner's month so far, or of the one `monthsAgo`, as far into it as we are into this one. */
export async function monthTotals(
  db: Db,
  { currency, timeZone, monthsAgo = 0 }: { currency: string; timeZone: string; monthsAgo?: number },
): Promise<Totals> {
  const local = sql`((now() at time zone ${timeZone}) - make_interval(months => ${monthsAgo}))`
  const days = await totalsByDay(db, {
    currency,
    timeZone,
    first: sql`date_trunc('month', ${local})::date`,
    last: sql`${local}::date`,
    // Stripe's clock may be ahead of ours: of this month everything counts.
    ...(monthsAgo > 0 && { until: sql`${local} at time zone ${timeZone}` }),
  })
  return days.reduce(add, NOTHING)
}

const NOTHING: Totals = { gross: 0, refunds: 0, disputes: 0, fees: 0, other: 0, net: 0, pendingFees: 0 }

function add(one: Totals, other: Totals): Totals {
  return {
    gross: one.gross + other.gross,
    refunds: one.refunds + other.refunds,
    disputes: one.disputes + other.disputes,
    fees: one.fees + other.fees,
    other: one.other + other.other,
    net: one.net + other.net,
    pendingFees: one.pendingFees + other.pendingFees,
  }
}

/** Gross of each of the owner's last `days` days, today last, days without payments as 0. `day` is yyyy-mm-dd. */
export async function dailyGross(
  db: Db,
  { currency, timeZone, days }: { currency: string; timeZone: string; days: number },
): Promise<{ day: string; gross: number }[]> {
  const today = dayOf(sql`now()`, timeZone)
  const first = sql`(${today} - ${days - 1}::int)`
  const totals = await totalsByDay(db, { currency, timeZone, first, last: today })
  return totals.map(({ day, gross }) => ({ day, gross }))
}

/** The payment that began it all, by Stripe or by hand; undefined before it. What was taken back began nothing. */
export async function firstPayment(db: Db) {
  const [byStripe, byHand] = await Promise.all([
    db
      .selectFrom('payments')
      .select(['amount', 'currency', 'paid_at'])
      .where('paid_at', 'is not', null)
      .where('amount', '>', 0)
      .orderBy('paid_at', 'asc')
      .orderBy('id', 'asc')
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('offline_entries')
      .select(['amount', 'currency', 'received_at as paid_at'])
      .where(isKept)
      .orderBy('received_at', 'asc')
      .orderBy('id', 'asc')
      .limit(1)
      .executeTakeFirst(),
  ])
  if (!byStripe || !byHand) return byStripe ?? byHand
  return byHand.paid_at < byStripe.paid_at! ? byHand : byStripe
}
