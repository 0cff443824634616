import { startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { bookedAfter, untilBooked, workOffBacklog } from './books.ts'
import { ask } from './postgres.ts'
import { cpuOf } from './process.ts'
import { ms, perSecond, type Result } from './result.ts'
import { streamPayments } from './stream.ts'

const PAYMENTS = 1_000_000
const STRIPE_MS = 200
const CALLS_PER_PAYMENT = 2
/** What a day's hours see of it, in per mille: quiet nights, noon, a long evening. */
const HOURS = [18, 11, 7, 5, 4, 6, 12, 22, 34, 44, 52, 58, 60, 54, 50, 48, 48, 50, 56, 66, 78, 88, 79, 50]
const REAL_SECONDS = 60

/**
 * A day of a million payments: its busiest minute for real, by one process, and all of it as a queue that is worked off at the
 * rate measured for a backlog, with one process and with two.
 */
export async function day(bench: Bench): Promise<Result[]> {
  const busiest = Math.ceil(rateAt(Math.max(...HOURS)))
  const { p50, p99, cost } = await playBusiest(bench, busiest)
  bench.say('day: a backlog')
  const rate = (await workOffBacklog(bench, STRIPE_MS)).rate / CALLS_PER_PAYMENT
  const results: Result[] = [
    {
      what: `The busiest minute: ${busiest} payments a second`,
      value: `booked ${ms(p50)} after the event (p50)`,
      beside: `p99 ${ms(p99)}`,
    },
    {
      what: 'A payment costs',
      value: `${cost.databaseMs.toFixed(1)} ms of the database, ${cost.cpuMs.toFixed(0)} ms of the process`,
      beside: `${cost.commits.toFixed(0)} commits, ${kilobytes(cost.wal)} of WAL, ${kilobytes(cost.disk)} on disk until its events are swept`,
    },
    { what: 'One process books', value: `${perSecond(rate)} payments, each read ${CALLS_PER_PAYMENT} times` },
  ]
  for (const [what, scale] of [
    ['The day', 1],
    ['The same within eight hours', 3],
  ] as const) {
    const { waiting, seconds } = simulate(rate, scale)
    results.push({
      what,
      value: `at most ${waiting.toLocaleString('en')} payments wait`,
      beside: `the longest for ${Math.round(seconds)} s`,
    })
  }
  return results
}

const rateAt = (perMille: number) => (PAYMENTS * perMille) / 1000 / 3600

/** Second by second: what came in, less what one process books. */
function simulate(rate: number, scale: number): { waiting: number; seconds: number } {
  let waiting = 0
  let most = 0
  for (const perMille of HOURS) {
    for (let second = 0; second < 3600 / scale; second++) {
      waiting = Math.max(0, waiting + rateAt(perMille) * scale - rate)
      most = Math.max(most, waiting)
    }
  }
  return { waiting: Math.round(most), seconds: most / rate }
}

interface Cost {
  databaseMs: number
  cpuMs: number
  commits: number
  /** Bytes, as below. */
  wal: number
  disk: number
}

const COST = `select (select sum(total_exec_time) from pg_stat_statements where dbid = d.oid) as "databaseMs",
  pg_stat_get_db_xact_commit(oid)::int as commits, (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 as wal,
  pg_database_size(oid)::float8 as disk
  from pg_database as d where datname = current_database()`

async function playBusiest({ databases, recording, world, say }: Bench, aSecond: number) {
  const url = await databases.fresh()
  await ask(url, 'create extension pg_stat_statements')
  world.answersAfter(STRIPE_MS)
  const app = await startApp(world, url)
  say(`day: a minute of ${aSecond} payments a second`)
  const read = async (): Promise<Cost> => ({ ...(await ask(url, COST)).rows[0], cpuMs: cpuOf(app.pid) })
  const before = await read()
  const payments = await streamPayments(app, recording, { aSecond, seconds: REAL_SECONDS })
  await untilBooked(url)
  const after = await read()
  const each = (name: keyof Cost) => (after[name] - before[name]) / payments
  const cost: Cost = {
    databaseMs: each('databaseMs'),
    cpuMs: each('cpuMs'),
    commits: each('commits'),
    wal: each('wal'),
    disk: each('disk'),
  }
  const booked = await bookedAfter(url)
  await app.stop()
  await databases.drop(url)
  return { ...booked, cost }
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`
