import { setTimeout as pause } from 'node:timers/promises'
import { type App, startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { eachOf, eventsOf, signed, withDuplicates } from './events.ts'
import { load } from './load.ts'
import { ask } from './postgres.ts'
import { ms, perSecond, type Result } from './result.ts'
import { streamPayments } from './stream.ts'
import type { Counts } from './world/server.ts'

const PAYMENTS = 1_000
const DUPLICATES = 1_000
const ANSWERS_AFTER = [0, 50, 200]
const MOST_CALLS = 2
// https://docs.stripe.com/rate-limits, live mode
const MOST_READS_A_SECOND = 100
const PAYMENTS_A_SECOND = 25

/**
 * From events to books. First a backlog: Stripe keeps its answers until all events are in, then gives each after 0, 50 and
 * 200 ms. Then a quarter of a minute as it is in life, each payment's fee two seconds after the rest.
 */
export async function books(bench: Bench): Promise<Result[]> {
  const results: Result[] = []
  for (const answersAfter of ANSWERS_AFTER) {
    bench.say(`books: a backlog, Stripe answers after ${answersAfter} ms`)
    results.push(...(await backlog(bench, answersAfter)))
  }
  bench.say('books: payments as they come')
  results.push(...(await asTheyCome(bench)))
  return results
}

async function backlog(bench: Bench, answersAfter: number): Promise<Result[]> {
  const { rate, counts } = await workOffBacklog(bench, answersAfter)
  const what = `Backlog of ${PAYMENTS} payments, Stripe answers after ${answersAfter} ms`
  return [{ what, value: `${perSecond(rate)} payments booked` }, ...callsOf(what, counts)]
}

/** Payments a second, when all are there before the first is booked. */
export async function workOffBacklog({ databases, recording, world }: Bench, answersAfter: number) {
  const url = await databases.fresh()
  const events = withDuplicates(eventsOf(recording, PAYMENTS), DUPLICATES)
  world.holds(true)
  world.answersAfter(answersAfter)
  const app = await startApp(world, url)
  await load({ port: app.port, connections: 10, next: eachOf(events.map(signed)) })
  await world.counts()
  const begun = performance.now()
  world.holds(false)
  await untilBooked(url)
  const seconds = (performance.now() - begun) / 1000
  const counts = await world.counts()
  await close({ databases, world }, app, url)
  return { rate: PAYMENTS / seconds, counts }
}

async function asTheyCome({ databases, recording, world }: Bench): Promise<Result[]> {
  const url = await databases.fresh()
  world.answersAfter(200)
  const app = await startApp(world, url)
  await world.counts()
  const payments = await streamPayments(app, recording, { aSecond: PAYMENTS_A_SECOND, seconds: 15 })
  const begun = performance.now()
  await untilBooked(url)
  const after = performance.now() - begun
  const counts = await world.counts()
  const { p50, p99 } = await bookedAfter(url)
  await close({ databases, world }, app, url)
  const what = `${PAYMENTS_A_SECOND} payments a second as they come`
  return [
    {
      what,
      value: `booked ${ms(p50)} after the event (p50)`,
      beside: `p99 ${ms(p99)}; Stripe answers after 200 ms`,
    },
    { what, value: `${ms(after)} from the last event to the last row` },
    ...callsOf(what, counts, payments),
  ]
}

function callsOf(what: string, { reads, readsASecond }: Counts, payments = PAYMENTS): Result[] {
  return [
    {
      what,
      value: `${(reads / payments).toFixed(2)} calls to Stripe per payment`,
      bar: `≤ ${MOST_CALLS}`,
      isMet: reads <= MOST_CALLS * payments,
    },
    {
      what,
      value: `${readsASecond} calls in the busiest second`,
      bar: `≤ ${MOST_READS_A_SECOND}`,
      isMet: readsASecond <= MOST_READS_A_SECOND,
    },
  ]
}

/** Milliseconds from an event's arrival to its books. */
export async function bookedAfter(url: string): Promise<{ p50: number; p99: number }> {
  const { rows } = await ask(
    url,
    `select percentile_cont(0.5) within group (order by took) as p50, percentile_cont(0.99) within group (order by took) as p99
     from (select extract(epoch from applied_at - received_at) * 1000 as took from inbox) as events`,
  )
  return rows[0]
}

export async function untilBooked(url: string): Promise<void> {
  for (;;) {
    const { rows } = await ask(url, 'select exists (select from inbox where applied_at is null) as waits')
    if (!rows[0].waits) return
    await pause(20)
  }
}

async function close({ databases, world }: Pick<Bench, 'databases' | 'world'>, app: App, url: string): Promise<void> {
  world.answersAfter(0)
  await app.stop()
  await databases.drop(url)
}
