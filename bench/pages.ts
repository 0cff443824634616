import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createApp } from '../src/app.tsx'
import { loadConfig } from '../src/config.ts'
import { noStripe } from '../src/payments/stripe.ts'
import { OWNER, startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { generate } from './generate.ts'
import { forSeconds, load, requestBytes } from './load.ts'
import { ms, percent, perSecond, type Result } from './result.ts'
import { recordingPool, replay, type Statement } from './statements.ts'
import { signIn } from './visitors.ts'

const SECONDS = 5
const CONNECTIONS = 50
const PAYMENTS = 1_000
const PUBLIC_BAR = 0.5
const DATABASE_BAR = 0.4

type Cookies = Awaited<ReturnType<typeof signIn>>

const publicPages = ['/', '/tip', '/sign-in']
const databasePages: [path: string, whose: keyof Cookies][] = [
  ['/account', 'customer'],
  ['/dashboard', 'owner'],
]

/**
 * Pages as browsers ask for them, compressed, over 50 connections. Public ones stand beside a greeting by Hono, those that ask
 * the database beside their own queries by the bare driver.
 */
export async function pages(bench: Bench): Promise<Result[]> {
  const { databases, world } = bench
  const url = await databases.fresh()
  await generate(url, PAYMENTS)
  const cookies = await signIn(url)
  const peers = await measurePeers()
  const results: Result[] = [
    { what: 'A greeting by node:http', value: perSecond(peers.bare) },
    { what: 'A greeting by Hono', value: perSecond(peers.hono) },
    { what: 'As many bytes as a page by Hono', value: perSecond(peers.bytes) },
  ]
  const app = await startApp(world, url)
  for (const path of publicPages) {
    bench.say(`pages: ${path}`)
    const { perSecond: rate, p99 } = await measure(app.port, path)
    results.push({
      what: path,
      value: `${perSecond(rate)}, p99 ${ms(p99)}`,
      beside: `${percent(rate / peers.hono)} of Hono's greeting, ${percent(rate / peers.bytes)} of as many bytes`,
      bar: `≥ ${percent(PUBLIC_BAR)}`,
      isMet: rate >= PUBLIC_BAR * peers.hono,
    })
  }
  for (const [path, whose] of databasePages) {
    bench.say(`pages: ${path}`)
    const { perSecond: rate, p99 } = await measure(app.port, path, cookies[whose])
    const statements = await statementsOf(url, path, cookies[whose])
    const queries = await replay(url, CONNECTIONS, until(SECONDS, statements))
    results.push({
      what: path,
      value: `${perSecond(rate)}, p99 ${ms(p99)}`,
      beside: `${percent(rate / queries.perSecond)} of its ${statements.length} queries by the bare driver (${perSecond(queries.perSecond)})`,
      bar: `≥ ${percent(DATABASE_BAR)}`,
      isMet: rate >= DATABASE_BAR * queries.perSecond,
    })
  }
  await app.stop()
  await databases.drop(url)
  return results
}

async function measure(port: number, path: string, cookie?: string) {
  const request = requestBytes('GET', path, {
    accept: 'text/html',
    'accept-encoding': 'gzip, deflate, br',
    'accept-language': 'zh-CN,zh;q=0.9',
    ...(cookie && { cookie }),
  })
  await load({ port, connections: CONNECTIONS, next: forSeconds(1, request) })
  return load({ port, connections: CONNECTIONS, next: forSeconds(SECONDS, request) })
}

async function measurePeers(): Promise<{ bare: number; hono: number; bytes: number }> {
  const child = fork(fileURLToPath(new URL('world/hello.ts', import.meta.url)), { execArgv: [] })
  const [ports] = (await once(child, 'message')) as [{ bare: number; hono: number }]
  const bare = await measure(ports.bare, '/')
  const hono = await measure(ports.hono, '/')
  const bytes = await measure(ports.hono, '/bytes')
  child.kill()
  return { bare: bare.perSecond, hono: hono.perSecond, bytes: bytes.perSecond }
}

/** What a page asks of the database, by the app in this process. */
async function statementsOf(url: string, path: string, cookie: string): Promise<Statement[]> {
  const recorder = recordingPool(url)
  const config = loadConfig({ STRIPE_SECRET_KEY: 'sk_live_bench', OWNER_EMAIL: OWNER })
  const { pool, db } = recorder
  const app = createApp({ config, db, pool, stripe: noStripe(), jobs: noJobs })
  // What is remembered from the first time is not asked again.
  await app.request(path, { headers: { cookie } })
  recorder.taken()
  const answer = await app.request(path, { headers: { cookie } })
  if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`)
  const statements = recorder.taken()
  await recorder.close()
  return statements
}

const noJobs = { async enqueue() {}, async work() {}, async schedule() {}, wake() {}, async stop() {} }

function until(seconds: number, statements: Statement[]): () => Statement[] | undefined {
  const end = performance.now() + seconds * 1000
  return () => (performance.now() < end ? statements : undefined)
}
