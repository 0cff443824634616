import { sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'
import { about, basisOf, dayOf } from './days.ts'
import { categoryOf, OFFLINE, sums } from './movements.ts'

/*
 * HOW THE SUMS OF THE DAYS STAY RIGHT
 *
 * `revenue_days` has the sums of every day until `rolled_until`. The rest, today above all, is summed up from the books
 * whenever it is looked at, so that no payment has to write to a row that others write to.
 *
 * A movement that is written more than an hour after its time leaves a mark in `revenue_late`, in its own transaction
 * (migrations 0011 and 0013; one that is moved marks the day that it leaves, too). A day with a mark is read from the books, until rollUp takes the mark and sums the day up anew in one
 * transaction. It takes the marks first: what it has then not seen leaves a mark that is still there.
 *
 * What came within that hour leaves no mark, so a day is closed an hour after its midnight, and only when nobody is left
 * whose transaction began before and has written something: see `closable`.
 */

/**
 * Sums up the days that are over, and again those that something came late for. Safe to run at any time, in several
 * processes at once too; a month at a time, so that what is done stays done. The longer it has not run, the longer it takes.
 */
export async function rollUp(db: Db, timeZone: string): Promise<void> {
  let hasMore = true
  while (hasMore) hasMore = await db.transaction().execute((trx) => step(trx, timeZone))
}

/** Sums everything up from the beginning. Meanwhile the dashboard is right, if slower. */
export async function rebuildRollups(db: Db, timeZone: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lock(trx)
    await startOver(trx, timeZone)
  })
  await rollUp(db, timeZone)
}

/** Sums these days (yyyy-mm-dd, as compareRollups lists them) up anew. */
export async function rebuildDays(db: Db, timeZone: string, days: string[]): Promise<void> {
  await sql`
    insert into revenue_late (at) select (day + time '12:00') at time zone ${timeZone} from unnest(${days}::date[]) as d(day)
  `.execute(db)
  await rollUp(db, timeZone)
}

/** Compares, and sums up anew what differs, unless only asked. Returns those days. */
export async function mendRollups(db: Db, timeZone: string, dryRun = false): Promise<string[]> {
  const days = await compareRollups(db, timeZone)
  if (days.length > 0 && !dryRun) await rebuildDays(db, timeZone, days)
  return days
}

/**
 * The days (yyyy-mm-dd) whose sums differ from the books, the oldest first: none, unless somebody edited either of them by hand.
 * Reads all of the books, in one snapshot. What waits to be summed up differs from nothing yet.
 */
export async function compareRollups(db: Db, timeZone: string): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    with asked as materialized (select rolled_until from revenue_rollup where basis = ${basisOf(timeZone)}),
    late as materialized (select distinct ${dayOf(sql`at`, timeZone)} as day from revenue_late),
    summed as (
      select ${columns} from revenue_days where exists (select from asked)
    ),
    booked as (
      select ${columns} from (${sumsPerDay(timeZone)}) as b where day <= (select rolled_until from asked)
    )
    select distinct to_char(day, 'YYYY-MM-DD') as day
    from ((table summed except table booked) union all (table booked except table summed)) as differing
    where day not in (select day from late) order by 1
  `.execute(db)
  return rows.map(({ day }) => day)
}

const columns = sql`day, currency, kind, gross, refunds, disputes, fees, other, net, payments`

/** One month of closing, and one of what came late. Returns whether there may be more. */
async function step(trx: Trx, timeZone: string): Promise<boolean> {
  await lock(trx)
  const { rows } = await sql<{ until: string | null }>`
    select to_char(rolled_until, 'YYYY-MM-DD') as until from revenue_rollup where basis = ${basisOf(timeZone)}
  `.execute(trx)
  if (!rows[0]) await startOver(trx, timeZone)
  const until = rows[0]?.until ?? null
  const hasFolded = await foldLate(trx, timeZone, until)
  const hasClosed = await closeDays(trx, timeZone, until)
  return hasFolded || hasClosed
}

/** Until the end of the transaction: one at a time sums up. */
async function lock(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('revenue_rollup'))`.execute(trx)
}

async function startOver(trx: Trx, timeZone: string): Promise<void> {
  await sql`delete from revenue_days`.execute(trx)
  await sql`
    insert into revenue_rollup (basis) values (${basisOf(timeZone)})
    on conflict (only_row) do update set basis = excluded.basis, rolled_until = null
  `.execute(trx)
}

async function foldLate(trx: Trx, timeZone: string, until: string | null): Promise<boolean> {
  const { rows } = await sql<{ day: string }>`
    with taken as (
      delete from revenue_late where at < (select min(at) + interval '31 days' from revenue_late) returning at
    )
    select distinct to_char(${dayOf(sql`at`, timeZone)}, 'YYYY-MM-DD') as day from taken order by 1
  `.execute(trx)
  // Later than the deletion, so it sees all that the marks were for.
  for (const { day } of rows) if (until && day <= until) await sumUp(trx, timeZone, day, day)
  return rows.length > 0
}

async function closeDays(trx: Trx, timeZone: string, until: string | null): Promise<boolean> {
  const { rows } = await sql<{ first: string; last: string }>`
    with span as (select coalesce(${until}::date + 1, ${firstDay(timeZone)}) as first, ${closable(timeZone)} as closable)
    select to_char(first, 'YYYY-MM-DD') as first,
      to_char(least(closable, date_trunc('month', first) + interval '1 month' - interval '1 day'), 'YYYY-MM-DD') as last
    from span where first <= closable
  `.execute(trx)
  const [span] = rows
  if (!span) return false
  await sumUp(trx, timeZone, span.first, span.last)
  await sql`update revenue_rollup set rolled_until = ${span.last}::date`.execute(trx)
  return true
}

async function sumUp(trx: Trx, timeZone: string, first: string, last: string): Promise<void> {
  await sql`delete from revenue_days where day between ${first}::date and ${last}::date`.execute(trx)
  await sql`
    insert into revenue_days (${columns}) select ${columns} from (${sumsPerDay(timeZone, { first, last })}) as b
  `.execute(trx)
}

/** The books by day, currency and kind. */
function sumsPerDay(timeZone: string, span?: { first: string; last: string }) {
  const isWithin = (at: string) => {
    if (!span) return sql`true`
    const { first, last } = { first: sql`${span.first}::date`, last: sql`${span.last}::date` }
    return sql`${sql.ref(at)} >= ${about(first, '-', timeZone)} and ${sql.ref(at)} < ${about(sql`${last} + 1`, '+', timeZone)}
      and ${dayOf(sql.ref(at), timeZone)} between ${first} and ${last}`
  }
  return sql`
    select day, currency, kind, ${sums},
      coalesce(sum(paid) filter (where category in ('charge', ${OFFLINE})), 0)::int as payments
    from (
      select ${dayOf(sql`b.created_at`, timeZone)} as day, b.currency, coalesce(p.kind, 'other') as kind,
        ${categoryOf} as category, sum(b.amount) as amount, sum(b.fee) as fee, sum(b.net) as net,
        count(*) filter (where b.amount > 0) as paid
      from balance_transactions as b left join payments as p on p.id = b.payment_id where ${isWithin('b.created_at')}
      group by 1, 2, 3, 4
      union all
      select ${dayOf(sql`received_at`, timeZone)}, currency, ${OFFLINE}::text, ${OFFLINE}::text, sum(amount), 0, sum(amount),
        count(*) filter (where amount > 0)
      from offline_entries where ${isWithin('received_at')} group by 1, 2
    ) as movements group by day, currency, kind`
}

/** The day of the oldest movement. */
function firstDay(timeZone: string) {
  return dayOf(
    sql`least((select min(created_at) from balance_transactions), (select min(received_at) from offline_entries))`,
    timeZone,
  )
}

/**
 * The last day that nothing can come for without a mark: whoever wrote without one did it within an hour of that day, and is
 * done by now. Whoever is not, holds a transaction id since before.
 */
function closable(timeZone: string) {
  const oldestWriter = sql`(select min(xact_start) from pg_stat_activity
    where backend_xid is not null and pid <> pg_backend_pid() and datname = current_database())`
  return sql`${dayOf(sql`(least(clock_timestamp(), ${oldestWriter}) - interval '1 hour')`, timeZone)} - 1`
}
