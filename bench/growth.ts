import { setTimeout as pause } from 'node:timers/promises'
import { type App, startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { untilBooked } from './books.ts'
import { eachOf, eventsOf, signed } from './events.ts'
import { generate } from './generate.ts'
import { load, requestBytes } from './load.ts'
import { ask } from './postgres.ts'
import { memoryOf } from './process.ts'
import { ms, type Result, times } from './result.ts'
import { signIn } from './visitors.ts'

const SIZES = [1_000, 100_000, 1_000_000, 10_000_000]
const BAR = 2
const LOOKS = 30
const NEW_PAYMENTS = 200
const CSV_ROWS = 200_000
const LONG_CSV_ROWS = 1_000_000

/** Milliseconds; of the CSV for a thousand rows, and what the database itself works for one payment. */
type Figures = Record<string, number>

/** The same pages and the same work at a thousand payments and at ten million. */
export async function growth(bench: Bench): Promise<Result[]> {
  const most = Number(process.env.BENCH_MOST ?? SIZES.at(-1))
  const sizes = SIZES.filter((size) => size <= most)
  const figures: Figures[] = []
  const more: Result[] = []
  for (const size of sizes) figures.push(await measureAt(bench, size, size === sizes.at(-1) ? more : undefined))
  const [first] = figures
  const last = figures.at(-1)!
  const grown = Object.keys(last).map((what) => {
    const ratio = last[what]! / first![what]!
    return {
      what,
      value: figures.map((at) => ms(at[what]!)).join(' · '),
      beside: `${times(ratio)} from ${sizes[0]!.toLocaleString('en')} to ${sizes.at(-1)!.toLocaleString('en')}`,
      bar: `≤ ${BAR} ×`,
      isMet: ratio <= BAR,
    }
  })
  return [...grown, ...more]
}

async function measureAt(bench: Bench, size: number, more?: Result[]): Promise<Figures> {
  const { databases, world, say } = bench
  say(`growth: ${size.toLocaleString('en')} payments are made`)
  const url = await databases.fresh()
  await generate(url, size)
  await ask(url, 'create extension pg_stat_statements')
  const { owner: cookie } = await signIn(url)
  const app = await startApp(world, url)
  say(`growth: ${size.toLocaleString('en')} payments are looked at`)
  const look = async (path: string) => {
    const looks = () => eachOf(Array.from({ length: LOOKS }, () => requestBytes('GET', path, { cookie })))
    // The first time code and pages are read in.
    await load({ port: app.port, connections: 1, next: looks() })
    return (await load({ port: app.port, connections: 1, next: looks() })).p50
  }
  const figures: Figures = {
    dashboard: await look('/dashboard'),
    'payments, first page': await look('/dashboard/payments'),
    'payments, a page deep inside': await look(`/dashboard/payments?older=${await placeInside(url, size)}`),
    'payments of one address': await look(`/dashboard/payments?q=payer${Math.floor(size / 3)}%40example.com`),
    'payments, a word in a message': await look(`/dashboard/payments?q=${encodeURIComponent('谢谢你')}`),
    'a payment': await look(`/dashboard/payments/pi_g${String(Math.floor(size / 2) + 1).padStart(12, '0')}`),
    'CSV, a thousand rows': await csv(app, cookie),
    ...(await newPayments(bench, app, url)),
  }
  more?.push(await longCsv(app, cookie))
  await app.stop()
  await databases.drop(url)
  return figures
}

async function placeInside(url: string, size: number): Promise<string> {
  const id = `pi_g${String(Math.floor(size / 2)).padStart(12, '0')}`
  const { rows } = await ask(
    url,
    `select to_char(coalesce(paid_at, created_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from payments where id = $1`,
    [id],
  )
  return `${encodeURIComponent(rows[0].at)},${id}`
}

/** Milliseconds for a thousand rows. The first of everything, and no more: the rest takes as long as it is long. */
async function csv(app: App, cookie: string): Promise<number> {
  const begun = performance.now()
  const rows = await readCsv(app, cookie, CSV_ROWS)
  return (1000 * (performance.now() - begun)) / rows
}

/** What a download of very many rows takes of memory, when it is warm and at its end. */
async function longCsv(app: App, cookie: string): Promise<Result> {
  const before = memoryOf(app.pid)
  const grown: number[] = []
  const rows = await readCsv(app, cookie, LONG_CSV_ROWS, () => grown.push((memoryOf(app.pid) - before) / 2 ** 20))
  const fifth = Math.ceil(grown.length / 5)
  const warm = Math.max(...grown.slice(fifth, 2 * fifth))
  const last = Math.max(...grown.slice(-fifth))
  return {
    what: `CSV of ${rows.toLocaleString('en')} rows: memory`,
    value: `${Math.round(last)} MB more in its last fifth`,
    beside: `${Math.round(warm)} MB more in its second fifth`,
    bar: '≤ 1.25 × the second',
    isMet: last <= 1.25 * warm,
  }
}

async function readCsv({ port }: App, cookie: string, most: number, onChunk = () => {}): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/dashboard/payments.csv`, { headers: { cookie } })
  let rows = 0
  for await (const chunk of answer.body!) {
    for (const byte of chunk) if (byte === 10) rows++
    onChunk()
    if (rows >= most) break
  }
  return rows
}

/** What the database works for one payment more, from its events to its books and its mail. */
async function newPayments({ recording }: Bench, { port }: App, url: string): Promise<Figures> {
  const events = eventsOf(recording, NEW_PAYMENTS)
  await pause(1000)
  await ask(url, 'select pg_stat_statements_reset()')
  const before = performance.now()
  await load({ port, connections: 10, next: eachOf(events.map(signed)) })
  const stored = performance.now() - before
  await untilBooked(url)
  const { rows } = await ask(
    url,
    `select sum(total_exec_time) as took from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query ~* '^(insert|update|select|with|begin|commit|delete)' and query !~ 'pg_stat|where applied_at is null\\) as waits'`,
  )
  return {
    'webhook, ten at once': stored / events.length,
    'the database, for one payment': rows[0].took / NEW_PAYMENTS,
  }
}
