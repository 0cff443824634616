import type { Config } from '../src/config.ts'
import { startJobs } from '../src/jobs/queue.ts'
import { receive } from '../src/payments/inbox.ts'
import { startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { eachOf, eventsOf, signed, withDuplicates } from './events.ts'
import { load } from './load.ts'
import { ask } from './postgres.ts'
import { ms, percent, perSecond, type Result } from './result.ts'
import { recordingPool, replay, type Statement } from './statements.ts'

const PAYMENTS = 1_000
const DUPLICATES = 1_000
const AT_ONCE = [1, 10, 50]
const BAR = 0.5

/**
 * Signed events over HTTP, from the request to the committed row and its queued sync. Stripe keeps its answers to itself
 * meanwhile, so that nothing else is measured. Beside it, the same statements by the bare driver, and one insert per commit.
 */
export async function webhooks(bench: Bench): Promise<Result[]> {
  const events = withDuplicates(eventsOf(bench.recording, PAYMENTS), DUPLICATES)
  bench.say(`webhooks: ${events.length} events, ${Math.round(averageBytes(events))} bytes each`)
  const statements = await statementsOf(bench, events)
  const results: Result[] = []
  for (const atOnce of AT_ONCE) {
    bench.say(`webhooks: ${atOnce} at once`)
    const app = await ingest(bench, events, atOnce)
    const bare = await onFresh(bench, (url) => replay(url, atOnce, eachOf(statements)))
    const inserts = await onFresh(bench, (url) => insertEach(url, events, atOnce))
    results.push(
      {
        what: `Webhooks, ${atOnce} at once`,
        value: `${perSecond(app.perSecond)}`,
        beside: `${percent(app.perSecond / bare.perSecond)} of the bare statements (${perSecond(bare.perSecond)}); one insert per commit ${perSecond(inserts.perSecond)}`,
        bar: `≥ ${percent(BAR)}`,
        isMet: app.perSecond >= BAR * bare.perSecond,
      },
      {
        what: `Webhooks, ${atOnce} at once, p99`,
        value: ms(app.p99),
        beside: `p50 ${ms(app.p50)}`,
        bar: '< 10 × p50',
        isMet: app.p99 < 10 * app.p50,
      },
    )
  }
  return results
}

async function ingest({ databases, world }: Bench, events: string[], connections: number) {
  const url = await databases.fresh()
  world.holds(true)
  const app = await startApp(world, url)
  await load({ port: app.port, connections, next: eachOf(events.slice(0, 200).map(warmUp)) })
  const measured = await load({ port: app.port, connections, next: eachOf(events.map(signed)) })
  const { rows } = await ask(url, `select count(*)::int as stored from inbox where id not like '%warm'`)
  if (rows[0].stored !== PAYMENTS * 4) throw new Error(`${rows[0].stored} of ${PAYMENTS * 4} events are in the inbox`)
  world.holds(false)
  await app.stop()
  await databases.drop(url)
  return measured
}

/** The same, but nothing that counts. */
function warmUp(event: string): Buffer {
  return signed(event.replace(/"evt_\w+"/, (id) => `${id.slice(0, -1)}warm"`))
}

async function statementsOf({ databases }: Bench, events: string[]): Promise<Statement[][]> {
  const url = await databases.fresh()
  const recorder = recordingPool(url)
  const jobs = await startJobs(recorder.pool, () => {})
  await jobs.stop()
  const deps = { db: recorder.db, jobs: { ...jobs, wake() {} }, config: { stripe: STRIPE } }
  const statements: Statement[][] = []
  recorder.taken()
  for (const event of events) {
    await receive(deps, [JSON.parse(event)], 'webhook')
    statements.push(recorder.taken())
  }
  await recorder.close()
  await databases.drop(url)
  return statements
}

const STRIPE: Config['stripe'] = {
  isUsed: true,
  mode: 'live',
  secretKey: undefined,
  webhookSecrets: [],
  apiBase: undefined,
}

async function insertEach(url: string, events: string[], atOnce: number) {
  await ask(url, 'create table bare_events (id bigint generated always as identity primary key, payload json not null)')
  const text = 'insert into bare_events (payload) values ($1)'
  return replay(url, atOnce, eachOf(events.map((payload) => [{ text, values: [payload] }])))
}

async function onFresh<T>({ databases }: Bench, work: (url: string) => Promise<T>): Promise<T> {
  const url = await databases.fresh()
  const done = await work(url)
  await databases.drop(url)
  return done
}

const averageBytes = (events: string[]) => Buffer.byteLength(events.join('')) / events.length
