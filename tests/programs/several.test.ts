import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createOwnerLink } from '../../src/auth/owner-link.ts'
import { loadConfig } from '../../src/config.ts'
import { connectPostgres, type Db } from '../../src/db/connection.ts'
import { startJobs } from '../../src/jobs/queue.ts'
import { reconcile } from '../../src/payments/reconcile/reconcile.ts'
import { AppProcess } from '../faults/app-process.ts'
import { openPostOffice } from '../faults/post-office.ts'
import { openBadStripe } from '../faults/stripe-on-a-bad-day.ts'
import { mailsThatArrived, paidAtStripe } from '../faults/what-came-of-it.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { untilQuiet } from '../support/quiet.ts'
import { seeded } from '../support/seeded.ts'
import { openBalancer } from './several/balancer.ts'
import { Browser, customer, followLink, guests, hasty, owner, type Town, tip, watchBooks } from './several/people.ts'

const SECONDS = Number(process.env.SEVERAL_SECONDS ?? 24)
const SEED = Number(process.env.SEVERAL_SEED ?? Math.floor(Math.random() * 1e9))
const SECRET = 'whsec_several'
const OWNER = 'me@example.com'
const ALLOWED_CHECKOUTS = 30

test(
  'three processes, of which one after the other is stopped and started: nobody notices, and nothing happens twice',
  async () => {
    const world = await openWorld()
    const { processes, balancer, town, stripe, post, connection, config, startedAt } = world
    const { db, pool } = connection
    try {
      const ownersBrowser = new Browser(balancer.url)
      await followLink(ownersBrowser, await createOwnerLink(db, config))
      const page = watchBooks(ownersBrowser)
      const closesAt = Date.now() + SECONDS * 1000
      const stops: number[] = []
      // However slow the machine: each is stopped once while people are there.
      town.isOpen = () => Date.now() < closesAt || stops.length < processes.length
      const restarts = restartInTurns(processes, town.isOpen, stops)
      const [statuses] = await Promise.all([
        hasty(town, ALLOWED_CHECKOUTS + 6, (SECONDS * 1000) / 50),
        ...['gu', 'he', 'li'].map((name) => guests(town, name)),
        customer(town, 'ann@example.com'),
        customer(town, 'bo@example.com'),
        owner(town, ownersBrowser),
      ])
      await restarts
      await page.close()
      await tellsOfWhatAnotherBooks(world, ownersBrowser)
      await untilQuiet(connection, stripe.sandbox)
      // All the rest may be done before the first minute begins.
      await expect.poll(() => scheduledJobs(db), { timeout: 100_000, interval: 1000 }).toHaveProperty('requeue')
      const ticks = await scheduledJobs(db)

      const atStripe = await paidAtStripe(stripe.client)
      const payments = await db.selectFrom('payments').selectAll().execute()
      const mails = await db.selectFrom('mails').selectAll().execute()
      const arrived = mailsThatArrived(post.received, mails)
      const jobs = await startJobs(pool, (error) => console.error(error))
      onTestFinished(() => jobs.stop())
      const lines: string[] = []
      const deps = { db, jobs, stripe: stripe.client, config }
      const reconciled = await reconcile(deps, { since: null, dryRun: true, say: (line) => lines.push(line) })
      const { journeys } = town
      console.log(
        JSON.stringify(
          {
            seed: SEED,
            seconds: SECONDS,
            ...balancer.counts,
            'answered by each': [...balancer.byPort.values()],
            failures: balancer.failures.length,
            'restarts, by how many ms a stop took': stops,
            journeys,
            'streams of the dashboard': page.seen,
            'one address': statuses,
            payments: payments.length,
            receipts: arrived.receipts.length,
            ticks,
          },
          null,
          2,
        ),
      )

      expect.soft(balancer.failures).toEqual([])
      expect.soft(processes.flatMap(({ deaths }) => deaths)).toEqual([])
      expect.soft(Math.max(...stops)).toBeLessThan(8_000)
      // Nobody stood by.
      for (const answered of balancer.byPort.values()) expect.soft(answered).toBeGreaterThan(20)
      for (const times of Object.values(journeys)) expect.soft(times).toBeGreaterThan(5)

      expect.soft(statuses).toEqual({ 303: ALLOWED_CHECKOUTS, 429: 6 })
      expect.soft(page.seen.refused).toEqual([])
      expect.soft(page.seen.streams).toBeGreaterThan(1)
      expect.soft(page.seen.told).toBeGreaterThan(0)

      // And the one of `tellsOfWhatAnotherBooks`.
      expect.soft(payments.length).toBe(journeys.tips + journeys.purchases + 1)
      expect.soft(payments.map(({ id }) => id).toSorted()).toEqual(atStripe.paymentIds.toSorted())
      expect.soft(lines.filter((line) => /missing|different|unknown/.test(line))).toEqual([])
      expect.soft(reconciled.unexplained).toBe(0)
      expect.soft(reconciled.balances.map(({ ours, stripes }) => ours - stripes)).toEqual([0])
      expect.soft(arrived.missing).toEqual([])
      expect.soft(arrived.again).toBe(0)
      expect.soft(arrived.receipts.toSorted()).toEqual(payments.map(({ id }) => id).toSorted())

      // At most one for each minute, or five, that the processes have seen begin.
      const since = (everyMs: number) => Math.floor(Date.now() / everyMs) - Math.floor(startedAt / everyMs) + 1
      for (const name of ['requeue', 'refunds']) expect.soft(ticks[name] ?? 0).toBeLessThanOrEqual(since(60_000))
      for (const name of ['poll', 'alert', 'roll-up']) expect.soft(ticks[name] ?? 0).toBeLessThanOrEqual(since(300_000))
    } catch (error) {
      for (const { port, output } of processes) console.log(`process at ${port}:\n${output.slice(-3000)}`)
      console.log(balancer.failures)
      throw error
    }
  },
  (SECONDS + 100) * 1000,
)

type World = Awaited<ReturnType<typeof openWorld>>

async function openWorld() {
  const { url, template } = inject('postgres')
  const name = `${template}_several_${randomBytes(4).toString('hex')}`
  // Empty: the three that start at once migrate it.
  const databaseUrl = await createDatabase(url, name)
  const stripes = connectPostgres(await createDatabase(url, `${name}_stripe`))
  const connection = connectPostgres(databaseUrl)
  onTestFinished(async () => {
    await connection.close()
    await stripes.close()
  })

  const random = seeded(SEED)
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const balancer = await openBalancer(ports, random)
  const post = await openPostOffice()
  const stripePort = await freePort()
  const env = {
    BASE_URL: balancer.url,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_several',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
    SMTP_URL: post.url,
    MAIL_FROM: 'Several <shop@example.com>',
    OWNER_EMAIL: OWNER,
    TRUSTED_PROXY_HOPS: '1',
    DRAIN_SECONDS: '1',
  }
  const stripe = await openBadStripe({
    pool: stripes.pool,
    port: stripePort,
    baseUrl: balancer.url,
    secret: SECRET,
    random,
    fetch,
  })
  const startedAt = Date.now()
  const processes = ports.map((port) => new AppProcess(port, env))
  await Promise.all(processes.map((process) => process.start()))
  const journeys = { tips: 0, purchases: 0, 'calls with a key': 0, dashboards: 0 }
  const town: Town = { url: balancer.url, stripe, post, random, journeys, isOpen: () => true }
  return { processes, balancer, town, stripe, post, connection, config: loadConfig(env), startedAt }
}

/** Adds to `stops` how long each took to stop, in milliseconds. */
async function restartInTurns(processes: AppProcess[], isOpen: () => boolean, stops: number[]): Promise<void> {
  for (let i = 0; isOpen(); i++) {
    const process = processes[i % processes.length]!
    await pause(500)
    const from = Date.now()
    await process.stop()
    stops.push(Date.now() - from)
    await pause(300)
    await process.start()
  }
}

/** One payment is booked by one of the processes, so of three pages open at three of them two hear of another's. */
async function tellsOfWhatAnotherBooks(
  { processes, town, stripe, connection }: World,
  browser: Browser,
): Promise<void> {
  await untilQuiet(connection, stripe.sandbox)
  // A page that was open all the time may still be told of the last change, and once more a second later.
  await pause(2500)
  const pages = processes.map(({ port }) => watchBooks(browser, `http://127.0.0.1:${port}`))
  await expect.poll(() => pages.map(({ seen }) => seen.streams)).toEqual([1, 1, 1])
  // Each has looked once, and knows the books as they are.
  await pause(2500)
  expect(pages.map(({ seen }) => seen.told)).toEqual([0, 0, 0])
  await tip(town, 'last@example.com')
  await expect.poll(() => pages.every(({ seen }) => seen.told > 0), { timeout: 10_000 }).toBe(true)
  await Promise.all(pages.map((page) => page.close()))
}

/** How many jobs each schedule has made. */
async function scheduledJobs(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select name, count(*)::int as count from pgboss.job
    where name in ('requeue', 'refunds', 'poll', 'alert', 'roll-up') group by name
  `.execute(db)
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
