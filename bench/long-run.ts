import { setTimeout as pause } from 'node:timers/promises'
import { type App, startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { untilBooked } from './books.ts'
import { tip } from './checkout.ts'
import { generate } from './generate.ts'
import { forSeconds, load, requestBytes } from './load.ts'
import { ask } from './postgres.ts'
import { handlesOf, memoryOf } from './process.ts'
import type { Result } from './result.ts'
import { streamPayments } from './stream.ts'
import { signIn } from './visitors.ts'

const SECONDS = Number(process.env.BENCH_MINUTES ?? 10) * 60
const EVERY_MS = 5_000
const PAYMENTS_A_SECOND = 5
// The first fifth is for warming up.
const WARM = 0.2
const MOST_GROWTH = 1.15

interface Sample {
  memory: number
  handles: number
  connections: number
}

/** Payments, checkouts and pages for ten minutes; what the process holds at the end beside what it held when it was warm. */
export async function longRun(bench: Bench): Promise<Result[]> {
  const { databases, recording, world, say } = bench
  const url = await databases.fresh()
  await generate(url, 10_000)
  const cookies = await signIn(url)
  const app = await startApp(world, url)
  world.answersAfter(50)
  say(`long run: ${SECONDS} seconds`)
  const [samples, payments, pages] = await Promise.all([
    watch(app, url),
    streamPayments(app, recording, { aSecond: PAYMENTS_A_SECOND, seconds: SECONDS }),
    browse(app, cookies),
    payInTurns(app),
  ])
  await untilBooked(url)
  const { rows } = await ask(
    url,
    `select count(*)::int as booked from payments where id not like 'pi_g%' and status = 'paid'`,
  )
  world.answersAfter(0)
  await app.stop()
  await databases.drop(url)
  const told = `${payments} payments, ${pages} pages in ${SECONDS} s`
  return [
    {
      what: 'All payments are in the books',
      value: `${rows[0].booked} of ${payments}`,
      beside: told,
      bar: 'all',
      isMet: rows[0].booked === payments,
    },
    flat('Memory (MB)', samples, ({ memory }) => Math.round(memory / 2 ** 20)),
    flat('Files and sockets', samples, ({ handles }) => handles),
    flat('Database connections', samples, ({ connections }) => connections),
  ]
}

async function watch({ pid }: App, url: string): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end; ) {
    await pause(EVERY_MS)
    const { rows } = await ask(
      url,
      `select count(*)::int as n from pg_stat_activity where application_name = 'first-paid-user'`,
    )
    samples.push({ memory: memoryOf(pid), handles: handlesOf(pid), connections: rows[0].n })
  }
  return samples
}

async function browse({ port }: App, cookies: { owner: string; customer: string }): Promise<number> {
  const pages = [
    requestBytes('GET', '/', { 'accept-encoding': 'gzip' }),
    requestBytes('GET', '/tip', { 'accept-encoding': 'gzip' }),
    requestBytes('GET', '/account', { cookie: cookies.customer }),
    requestBytes('GET', '/dashboard', { cookie: cookies.owner }),
    requestBytes('GET', '/dashboard/payments', { cookie: cookies.owner }),
  ]
  const measured = await Promise.all(
    pages.map((page) => load({ port, connections: 1, next: forSeconds(SECONDS, page), restMs: 50 })),
  )
  return measured.reduce((sum, { answers }) => sum + answers, 0)
}

/** Checkouts that nobody pays. */
function payInTurns({ port }: App) {
  const more = forSeconds(SECONDS, Buffer.alloc(0))
  return load({ port, connections: 2, status: 303, next: () => more() && tip(port), restMs: 200 })
}

/** The middle of the last fifth beside that of the fifth after warming up. */
function flat(what: string, samples: Sample[], of: (sample: Sample) => number): Result {
  const fifth = Math.ceil(samples.length * WARM)
  const middle = (part: Sample[]) => part.map(of).toSorted((a, b) => a - b)[Math.floor(part.length / 2)]!
  const before = middle(samples.slice(fifth, 2 * fifth))
  const after = middle(samples.slice(-fifth))
  const most = Math.max(...samples.map(of))
  return {
    what,
    value: `${after} at the end`,
    beside: `${before} when warm, ${most} at most`,
    bar: `≤ ${MOST_GROWTH} × warm`,
    isMet: after <= MOST_GROWTH * before,
  }
}
