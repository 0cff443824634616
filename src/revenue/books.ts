import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { isKept, offlinePaymentId } from '../payments/offline-entries.ts'

/** What moved the balance in one currency over one span, in minor units. */
export interface Totals {
  gross: number
  refunds: number
  disputes: number
  fees: number
  net: number
  /** Payments whose fee Stripe has not told yet; they are in gross and net with what was paid. */
  pendingFees: number
}

/** The currencies that money came in, the one with the latest movement first. */
export async function currenciesOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ currency: string }>`
    select currency from (
      select currency, max(created_at) as latest from balance_transactions group by currency
      union all
      select currency, max(paid_at) from payments p where ${isPending} group by currency
      union all
      select currency, max(received_at) from offline_entries group by currency
    ) as seen group by currency order by max(latest) desc
  `.execute(db)
  return rows.map((row) => row.currency)
}

/** Totals of the owner's month so far, or of the one `monthsAgo`, as far into it as we are into this one. */
export async function monthTotals(
  db: Db,
  { currency, timeZone, monthsAgo = 0 }: { currency: string; timeZone: string; monthsAgo?: number },
): Promise<Totals> {
  const local = sql`(now() at time zone ${timeZone}) - make_interval(months => ${monthsAgo})`
  const from = sql`date_trunc('month', ${local}) at time zone ${timeZone}`
  // Stripe's clock may be ahead of ours: of this month everything counts.
  const to = monthsAgo === 0 ? sql`'infinity'::timestamptz` : sql`(${local}) at time zone ${timeZone}`
  const { rows } = await sql<Totals>`
    with movements as (
      select amount, fee, net, reporting_category as category, 0 as pending from balance_transactions
      where currency = ${currency} and created_at >= ${from} and created_at <= ${to} and ${isEarned}
      union all
      select p.amount, 0, p.amount, 'charge', 1 from payments p
      where p.currency = ${currency} and p.paid_at >= ${from} and p.paid_at <= ${to} and ${isPending}
      union all
      select amount, 0, amount, 'charge', 0 from offline_entries
      where currency = ${currency} and received_at >= ${from} and received_at <= ${to}
    )
    select
      coalesce(sum(amount) filter (where category = 'charge'), 0)::bigint as gross,
      coalesce(-sum(amount) filter (where category like 'refund%'), 0)::bigint as refunds,
      coalesce(-sum(amount) filter (where category like 'dispute%'), 0)::bigint as disputes,
      coalesce(sum(fee - case when category = 'fee' then amount else 0 end), 0)::bigint as fees,
      coalesce(sum(net), 0)::bigint as net,
      coalesce(sum(pending), 0)::bigint as "pendingFees"
    from movements
  `.execute(db)
  return rows[0]!
}

/** Gross of each of the owner's last `days` days, today last, days without payments as 0. `day` is yyyy-mm-dd. */
export async function dailyGross(
  db: Db,
  { currency, timeZone, days }: { currency: string; timeZone: string; days: number },
): Promise<{ day: string; gross: number }[]> {
  const today = sql`(now() at time zone ${timeZone})::date`
  const from = sql`((${today} - ${days - 1}::int)::timestamp at time zone ${timeZone})`
  const { rows } = await sql<{ day: string; gross: number }>`
    select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(sum(m.amount), 0)::bigint as gross
    from generate_series(${today} - ${days - 1}::int, ${today}, interval '1 day') as d(day)
    left join (
      select (created_at at time zone ${timeZone})::date as day, amount from balance_transactions
      where currency = ${currency} and reporting_category = 'charge' and created_at >= ${from}
      union all
      select (p.paid_at at time zone ${timeZone})::date, p.amount from payments p
      where p.currency = ${currency} and p.paid_at >= ${from} and ${isPending}
      union all
      select (received_at at time zone ${timeZone})::date, amount from offline_entries
      where currency = ${currency} and received_at >= ${from}
    ) as m on m.day = d.day::date
    group by d.day order by d.day
  `.execute(db)
  return rows
}

/** The payment that began it all, by Stripe or by hand; undefined before it. What was taken back began nothing. */
export async function firstPayment(db: Db) {
  const [byStripe, byHand] = await Promise.all([
    db
      .selectFrom('payments')
      .select(['amount', 'currency', 'paid_at'])
      .where('paid_at', 'is not', null)
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

/** The newest payments, by Stripe or by hand. What the owner took back is one below zero. */
export async function latestPayments(db: Db, limit: number) {
  const [byStripe, byHand] = await Promise.all([
    db
      .selectFrom('payments')
      .select(['id', 'description', 'message', 'name', 'email', 'method', 'amount', 'currency', 'paid_at'])
      .select((eb) => eb.ref('kind').$castTo<string>().as('kind'))
      .where('paid_at', 'is not', null)
      .orderBy('paid_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
    db
      .selectFrom('offline_entries')
      .select(['id', 'description', 'name', 'email', 'amount', 'currency', 'received_at'])
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
  ])
  const offline = byHand.map(({ id, received_at, ...entry }) => ({
    ...entry,
    id: offlinePaymentId(id),
    kind: 'offline',
    message: null,
    method: 'offline',
    paid_at: received_at,
  }))
  return [...byStripe, ...offline].sort((a, b) => b.paid_at!.getTime() - a.paid_at!.getTime()).slice(0, limit)
}

// Settlement may be in another currency; until Stripe tells, the payment counts in its own.
const isPending = sql`p.paid_at is not null and p.balance_transaction_id is null`

// Money on its way to the bank, or put in by the owner, is neither earned nor spent.
const isEarned = sql`reporting_category not in ('payout', 'payout_reversal', 'topup', 'topup_reversal')`
