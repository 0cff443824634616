import { randomBytes } from 'node:crypto'
import Stripe from 'stripe'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createApp } from '../../src/app.tsx'
import { accountOfProvedEmail } from '../../src/auth/accounts.ts'
import { createSessions } from '../../src/auth/lucia.ts'
import { sha256 } from '../../src/auth/tokens.ts'
import { loadConfig } from '../../src/config.ts'
import { connectPostgres } from '../../src/db/connection.ts'
import { AppProcess } from '../faults/app-process.ts'
import { openPostOffice } from '../faults/post-office.ts'
import { openBadStripe } from '../faults/stripe-on-a-bad-day.ts'
import { freePort } from '../support/free-port.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { seeded } from '../support/seeded.ts'
import { sessionIdOf } from '../support/shop.ts'
import { draw, type Target } from './requests.ts'
import { fieldNames, MARKS } from './values.ts'
import { type Answer, send } from './wire.ts'

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 50_000)
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1e9))
const AT_ONCE = 12
const SECRET = 'whsec_fuzz'
const OWNER = 'me@example.com'
const METRICS_TOKEN = 'fuzz-fuzz-fuzz-fuzz'
const MOST_GROWTH_MB = 100

test(`${REQUESTS} malformed requests to all routes: no 500, no crash, no growth, no echo`, async () => {
  console.log(`seed ${SEED}: FUZZ_SEED=${SEED} draws the same requests again, FUZZ_REQUESTS says how many`)
  const { app, target, port, signIn } = await openTarget()
  const random = seeded(SEED)
  const statuses: Record<number, number> = {}
  const wrongs: string[] = []
  const startedAt = Date.now()
  let sent = 0
  let memoryAfterWarmUp = 0

  const worker = async () => {
    while (sent < REQUESTS && wrongs.length < 20) {
      const number = ++sent
      // Some sign out, or delete the account.
      if (number % 25 === 0) target.cookies = await signIn()
      if (number === Math.floor(REQUESTS / 4)) memoryAfterWarmUp = await memoryMb(port)
      if (number % 5000 === 0) console.log(`${number} sent, ${await memoryMb(port)} MB`)
      const request = draw(random, target)
      const answer = await send(port, request)
      if (answer !== 'no answer') statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const wrong = whatIsWrong(answer)
      if (wrong) wrongs.push(`${wrong}: ${request.title}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  const memory = await memoryMb(port)
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log({
    sent,
    seconds,
    routes: target.routes.length,
    fields: target.fields.length,
    statuses,
    memoryAfterWarmUp,
    memory,
  })
  if (wrongs.length > 0)
    console.log(
      app.output
        .split('\n')
        .filter((line) => line.includes('"level":"error"'))
        .slice(0, 20),
    )
  expect.soft(wrongs).toEqual([])
  expect.soft(app.deaths).toEqual([])
  expect.soft(memory - memoryAfterWarmUp).toBeLessThan(MOST_GROWTH_MB)
  // It has been in, and not only at the door.
  for (const status of [200, 303, 400, 404, 422]) expect.soft(statuses[status]).toBeGreaterThan(REQUESTS / 500)
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
}, 1_800_000)

function whatIsWrong(answer: Answer | 'no answer'): string | undefined {
  if (answer === 'no answer') return answer
  if (answer.status >= 500) return String(answer.status)
  const mark = answer.contentType.includes('html') && MARKS.find((mark) => answer.body.includes(mark))
  return mark ? `says ${mark} as it is` : undefined
}

async function memoryMb(port: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
  })
  const bytes = /^process_resident_memory_bytes (\S+)/m.exec(await answer.text())?.[1]
  return Math.round(Number(bytes) / 2 ** 20)
}

/** A process of the built app, with everything behind it, where a customer and the owner have been and left something. */
async function openTarget() {
  const { url, template } = inject('postgres')
  const name = `${template}_fuzz_${randomBytes(4).toString('hex')}`
  const databaseUrl = await createDatabase(url, name)
  const connection = connectPostgres(databaseUrl)
  const stripes = connectPostgres(await createDatabase(url, `${name}_stripe`))
  onTestFinished(async () => {
    await connection.close()
    await stripes.close()
  })
  const [port, stripePort, post] = [await freePort(), await freePort(), await openPostOffice()]
  const origin = `http://127.0.0.1:${port}`
  const env = {
    BASE_URL: origin,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: 'sk_test_fuzz',
    STRIPE_WEBHOOK_SECRET: SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`,
    SMTP_URL: post.url,
    MAIL_FROM: 'Fuzz <shop@example.com>',
    OWNER_EMAIL: OWNER,
    TRUSTED_PROXY_HOPS: '1',
    DRAIN_SECONDS: '0',
    LOG_LEVEL: 'error',
    METRICS_TOKEN,
  }
  const webhook = { baseUrl: origin, secret: SECRET, fetch }
  const stripe = await openBadStripe({ pool: stripes.pool, port: stripePort, random: seeded(SEED), ...webhook })
  const app = new AppProcess(port, { ...env, LOG_LEVEL: 'info', NODE_OPTIONS: '--max-old-space-size=256' })
  await app.start()

  const { db, pool } = connection
  const config = loadConfig(env)
  const { routes } = createApp({ config, db, pool, stripe: stripe.client, jobs: {} as never })
  const sessions = createSessions(db, { secure: false })
  const cookieOf = async (email: string) => {
    const { id } = await db.transaction().execute((trx) => accountOfProvedEmail(trx, email))
    const setCookie = await sessions.start(id, { device: 'fuzz', method: 'link' })
    return { id, cookie: setCookie.split(';')[0]! }
  }
  const customer = await cookieOf('ann@example.com')
  const key = `fpu_${randomBytes(32).toString('base64url')}`
  const program = await cookieOf('program@example.com')
  const apiKey = { user_id: program.id, request: 'fuzz-0001', name: 'fuzz', prefix: key.slice(0, 8), hash: sha256(key) }
  await db.insertInto('api_keys').values(apiKey).execute()
  const form = (path: string, fields: Record<string, string>) =>
    fetch(origin + path, {
      method: 'POST',
      body: new URLSearchParams({ request: crypto.randomUUID(), ...fields }),
      headers: { origin, cookie: customer.cookie },
      redirect: 'manual',
    })
  const sessionIds: string[] = []
  for (const price of ['question-1', 'question-5', 'member-month']) {
    const sessionId = sessionIdOf((await form(`/checkout/${price}`, { quantity: '1' })).headers.get('location'))
    await stripe.sandbox.pay(sessionId, { email: 'ann@example.com' })
    await fetch(`${origin}/thanks?session_id=${sessionId}`)
    sessionIds.push(sessionId)
  }
  const asked = await form('/ask', { title: 'Why?', body: 'I wonder.' })
  const payments = await db.selectFrom('payments').select('id').execute()
  const known = [
    ...sessionIds,
    ...payments.map(({ id }) => id),
    (asked.headers.get('location') ?? '').split('/').at(-1)!,
    customer.id,
  ]

  const target: Target = {
    routes: reachable(routes),
    fields: fieldNames(),
    known,
    origin,
    cookies: [],
    key,
    sign: (payload) => Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET }),
  }
  const signIn = async () => {
    const [ann, owner] = await Promise.all([cookieOf('ann@example.com'), cookieOf(OWNER)])
    return [ann.cookie, owner.cookie]
  }
  target.cookies = await signIn()
  return { app, target, port, signIn }
}

/** Each once, and none of what only passes requests on. */
function reachable(routes: { method: string; path: string }[]): Target['routes'] {
  const handled = routes.filter(({ method, path }) => method !== 'ALL' || !path.includes('*'))
  // A stream that lasts ten minutes is another test's.
  const lasting = handled.filter(({ path }) => path !== '/dashboard/live')
  const byName = new Map(
    lasting.map(({ method, path }) => [`${method} ${path}`, { method: method === 'ALL' ? 'GET' : method, path }]),
  )
  return [...byName.values()]
}
