import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { connectPostgres } from '../../src/db/connection.ts'
import { startJobs } from '../../src/jobs/queue.ts'
import { reconcile } from '../../src/payments/reconcile/reconcile.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { seeded } from '../support/seeded.ts'
import { AppProcess } from './app-process.ts'
import { untilCalm } from './calm.ts'
import { asker, guests, member, signedIn, type Town } from './customers.ts'
import { openPostOffice } from './post-office.ts'
import { Site } from './site.ts'
import { openBadStripe } from './stripe-on-a-bad-day.ts'
import { badWeather } from './weather.ts'
import { creditsThatAre, creditsThatShouldBe, mailsThatArrived, paidAtStripe } from './what-came-of-it.ts'

const SECONDS = Number(process.env.FAULTS_SECONDS ?? 45)
const SEED = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1e9))
const SECRET = 'whsec_faults'
const OWNER = 'me@example.com'
const ASKER = 'dora@example.com'
const MEMBERS = ['ann@example.com', 'bo@example.com', 'chen@example.com']

test(
  'whatever fails under load: no payment and no mail is lost, none is booked or granted twice',
  async () => {
    console.log(`seed ${SEED}: FAULTS_SEED=${SEED} draws the same faults again, FAULTS_SECONDS lengthens the load`)
    const clock = stopwatch()
    const world = await openWorld()
    const { town, site, processes, stripe, post, env } = world
    try {
      const signIns = [ASKER, ...MEMBERS].map((email) => signedIn(town, email))
      const [askers, ...browsers] = await Promise.all(signIns)
      clock('made ready')
      const closesAt = Date.now() + SECONDS * 1000
      const isOpen = () => Date.now() < closesAt
      let isOver = false
      const weather = badWeather({ ...world, random: seeded(SEED) }, () => isOver)
      await Promise.all([
        asker(town, askers!, ASKER, isOpen),
        ...MEMBERS.map((email, i) => member(town, browsers[i]!, email, isOpen)),
        ...['gu', 'he', 'li', 'ma', 'wang', 'xu'].map((name) => guests(town, name, isOpen)),
      ])
      clock('load')
      await aMonthPasses(world)
      isOver = true
      const faults = await weather
      await Promise.all(processes.map((process) => process.up()))
      clock('a month, and the last faults')
      const alive = await Promise.all(processes.map(({ port }) => fetch(`http://127.0.0.1:${port}/readyz`)))
      expect(alive.map(({ status }) => status)).toEqual([200, 200])

      const connection = connectPostgres(world.databaseUrl)
      onTestFinished(() => connection.close())
      const { db, pool } = connection
      const jobs = await startJobs(pool, (error) => console.error(error))
      onTestFinished(() => jobs.stop())
      await untilCalm(connection, jobs, stripe.sandbox, 60_000)
      clock('until calm')

      const deps = { db, jobs, stripe: stripe.client, config: loadConfig(env) }
      const lines: string[] = []
      const reconciled = await reconcile(deps, { since: null, dryRun: true, say: (line) => lines.push(line) })
      const atStripe = await paidAtStripe(stripe.client)
      const payments = await db.selectFrom('payments').selectAll().where('status', '=', 'paid').execute()
      // Of a dispute that was over before anybody heard of it, only how it ended is told.
      const mails = await db.selectFrom('mails').selectAll().where('skipped_at', 'is', null).execute()
      const arrived = mailsThatArrived(post.received, mails)
      const refunds = await db.selectFrom('refunds').select('id').execute()
      const disputes = await db.selectFrom('disputes').select('id').execute()
      const subscriptions = await db.selectFrom('subscriptions').select('id').execute()
      const seconds = clock('compared')
      const extraSessions = atStripe.sessions - town.forms.length

      console.log(
        table({
          seconds,
          load: { forms: town.forms.length, ...town.counts, questions: town.asked.size },
          'the site': { ...site.counts, 'starts of processes': processes.reduce((sum, { starts }) => sum + starts, 0) },
          faults,
          'Stripe’s API': { requests: stripe.state.requests, 'of them troubled': stripe.state.troubled },
          books: {
            'paid at Stripe': atStripe.paymentIds.length,
            payments: payments.length,
            refunds: refunds.length,
            disputes: disputes.length,
            subscriptions: subscriptions.length,
          },
          mail: {
            mails: mails.length,
            receipts: arrived.receipts.length,
            'arrived twice, under one Message-ID': arrived.again,
          },
          differences: reconciled.unexplained,
        }),
      )

      // Softly: what else differs says more about why.
      expect.soft(site.wrongs).toEqual([])
      expect.soft(processes.flatMap(({ deaths }) => deaths)).toEqual([])
      expect.soft(lines.filter((line) => /missing|different|unknown/.test(line))).toEqual([])
      expect.soft(reconciled.unexplained).toBe(0)
      for (const { ours, stripes } of reconciled.balances) expect.soft(ours).toBe(stripes)
      expect.soft(reconciled.balances.length).toBe(1)

      const paidForms = town.forms.filter(({ isPaid }) => isPaid)
      const firsts = payments.filter(({ session_id, invoice_id }) => session_id || invoice_id)
      expect.soft(firsts.length).toBe(payments.length)
      expect.soft(payments.map(({ id }) => id).toSorted()).toEqual(atStripe.paymentIds.toSorted())
      // Each of the subscriptions was renewed once.
      expect.soft(payments.length).toBe(paidForms.length + subscriptions.length)
      expect.soft(town.forms.filter(({ sessionIds }) => sessionIds.size !== 1)).toEqual([])
      expect.soft(extraSessions).toBe(0)

      expect.soft(arrived.missing).toEqual([])
      expect.soft(arrived.unknown).toEqual([])
      expect.soft(arrived.receipts.toSorted()).toEqual(payments.map(({ id }) => id).toSorted())
      const questions = await db.selectFrom('questions').select('id').execute()
      expect.soft(questions.map(({ id }) => `/ask/${id}`).toSorted()).toEqual([...town.asked].toSorted())
      const bought = await creditsThatShouldBe(stripe.client, [ASKER, ...MEMBERS])
      const left = { ...bought, [ASKER]: bought[ASKER]! - town.asked.size }
      expect.soft(await creditsThatAre(db, [ASKER, ...MEMBERS])).toEqual(left)
      // The load was one, and the weather was bad.
      expect.soft(payments.length).toBeGreaterThan(10)
      expect.soft(Object.keys(faults).length).toBeGreaterThan(8)
    } catch (error) {
      for (const { port, output } of processes) console.log(`process at ${port}:\n${output.slice(-6000)}`)
      throw error
    }
  },
  (SECONDS + 120) * 1000,
)

async function openWorld() {
  // Stripe's memory does not end with ours.
  const servers = await Promise.all([startPostgres({ durability: 'crash' }), startPostgres()])
  const [postgres, stripesPostgres] = servers
  for (const server of servers) onTestFinished(() => server.stop())
  const databaseUrl = await createDatabase(postgres.url, 'shop')
  const stripes = connectPostgres(stripesPostgres.url)
  onTestFinished(() => stripes.close())

  const random = seeded(SEED + 1)
  const post = await openPostOffice()
  const [a, b, stripePort] = [await freePort(), await freePort(), await freePort()]
  const baseUrl = `http://127.0.0.1:${a}`
  const env = {
    BASE_URL: baseUrl,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_faults',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
    SMTP_URL: post.url,
    MAIL_FROM: 'Faults <shop@example.com>',
    OWNER_EMAIL: OWNER,
    TRUSTED_PROXY_HOPS: '1',
    DRAIN_SECONDS: '0',
  }
  const processes = [new AppProcess(a, env), new AppProcess(b, env)]
  const site = new Site(baseUrl, processes, random)
  const stripe = await openBadStripe({
    pool: stripes.pool,
    port: stripePort,
    baseUrl,
    secret: SECRET,
    random: seeded(SEED + 2),
    fetch: site.fetch,
  })
  await Promise.all(processes.map((process) => process.start()))
  const counts = { 'double clicks': 0, declined: 0, 'went away': 0, refunds: 0 }
  const town: Town = { site, stripe, post, random, forms: [], asked: new Set(), counts }
  return { postgres, databaseUrl, post, env, processes, site, stripe, town }
}

/** The memberships are renewed, banks decide, payouts go out: while everything fails. */
async function aMonthPasses({ stripe: { sandbox, client } }: Awaited<ReturnType<typeof openWorld>>): Promise<void> {
  const [newest] = (await client.subscriptions.list({ limit: 1 })).data
  if (newest) await sandbox.renew(newest.id)
  for await (const { id, status } of client.disputes.list({ limit: 100 })) {
    if (status === 'needs_response' && Number.parseInt(id.slice(-1), 36) % 2) await sandbox.loseDispute(id)
  }
  await pause(3000)
}

/** Says how many seconds each stage took. */
function stopwatch() {
  const seconds: Record<string, number> = {}
  let from = Date.now()
  return (stage: string) => {
    seconds[stage] = Math.round((Date.now() - from) / 1000)
    from = Date.now()
    return seconds
  }
}

/** A line for each, with what belongs to it under it. */
function table(rows: Record<string, Record<string, number | string> | number>): string {
  return Object.entries(rows)
    .flatMap(([name, values]) =>
      typeof values === 'object'
        ? [
            `${name}:`,
            ...Object.entries(values).map(([what, value]) => `  ${what.padEnd(38)}${String(value).padStart(6)}`),
          ]
        : [`${name.padEnd(40)}${String(values).padStart(6)}`],
    )
    .join('\n')
}
