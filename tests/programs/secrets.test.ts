import type { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../src/listen.ts'
import { onPostgres, type TestDatabase } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import { openLocalStripe } from '../support/local-stripe.ts'
import { openMailServer } from '../support/mail-server.ts'
import { openProvider } from '../support/openid-provider.ts'
import { Program } from '../support/process.ts'
import { cable } from '../support/proxy.ts'
import { sessionIdOf } from '../support/shop.ts'
import { Visitor } from '../support/visitor.ts'

const PASSWORDS = ['a first pass phrase', 'a wrong pass phrase', 'a second pass phrase']
const METRICS_TOKEN = 'metrics-token-of-the-test'
const EMAIL = 'ann@example.com'

onPostgres('what a production process writes', (database) => {
  test('has no password, cookie, token, code or key, whatever is done and whatever fails', async () => {
    const world = await openWorld(database)
    const { program, secrets } = world
    await signUpInAndReset(world)
    await makeAndUseKey(world)
    await pay(world)
    await comeByGitHub(world)
    await beTheOwner(world)
    await readMetrics(world)
    await whileAllIsAway(world)
    await program.kill('SIGTERM')

    const { output } = program
    // It did tell of all this.
    for (const route of [
      '/sign-in',
      '/reset-password',
      '/sign-in/link',
      '/api/v1/me',
      '/tip',
      '/webhooks/stripe',
      '/metrics',
    ])
      expect(output).toContain(`"route":"${route}"`)
    expect(output).toContain('"status":503')
    expect(output).toMatch(/ECONNREFUSED|connection to Stripe/)
    expect(secrets.size).toBeGreaterThan(20)
    expect([...secrets].filter((secret) => secretIn(output, secret))).toEqual([])
  })
})

type World = Awaited<ReturnType<typeof openWorld>>

/** The built app as it runs on a server, with its log at its loudest. */
async function openWorld(database: TestDatabase) {
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const webhook = { url: `${baseUrl}/webhooks/stripe`, secret: 'whsec_of_the_test' }
  const { sandbox } = await openLocalStripe(database, { webhook })
  sandbox.start()
  onTestFinished(() => sandbox.stop())
  const stripe = await listen(sandbox.app, 0, '127.0.0.1')
  onTestFinished(() => stripe.close())
  await database.fresh()
  const mail = await openMailServer()
  const provider = await openProvider()
  const cables = {
    postgres: await cable(database.url),
    mail: await cable(mail.url.replace('smtp://', 'smtp://ming:smtp-pass-word@')),
    stripe: await cable(`http://127.0.0.1:${stripe.port}`),
  }
  const env: NodeJS.ProcessEnv = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'debug',
    PORT: String(port),
    BASE_URL: 'http://localhost:3000',
    DATABASE_URL: cables.postgres.url,
    STRIPE_SECRET_KEY: 'sk_test_key_of_the_test',
    STRIPE_WEBHOOK_SECRET: webhook.secret,
    STRIPE_API_BASE: cables.stripe.url.replace(/\/$/, ''),
    SMTP_URL: cables.mail.url,
    MAIL_FROM: 'Ming <ming@ming.red>',
    OWNER_EMAIL: 'ming@ming.red',
    METRICS_TOKEN,
    DRAIN_SECONDS: '0',
    ...provider.env,
  }
  const program = new Program(['dist/src/server.js'], env)
  await program.says(/Listening on port/)
  // The visitor's app is at the other end of a socket.
  const app = { request: (url: URL, init: RequestInit) => fetch(baseUrl + url.pathname + url.search, init) }
  const secrets = new Set([
    ...PASSWORDS,
    METRICS_TOKEN,
    'smtp-pass-word',
    new URL(database.url).password,
    env.STRIPE_SECRET_KEY!,
    webhook.secret,
    env.GITHUB_CLIENT_SECRET!,
  ])
  return { program, env, app: app as unknown as Hono, secrets, sandbox, mail, provider, cables }
}

async function signUpInAndReset(world: World): Promise<void> {
  const { secrets } = world
  const ann = visitor(world)
  const signUp = await ann.post('/sign-up', { email: EMAIL, password: PASSWORDS[0]! })
  expect(signUp.status).toBe(303)
  const proof = await nextMail(world)
  await ann.get(`/verify-email?token=${proof.token}`)
  expect((await ann.post('/verify-email', proof)).status).toBe(303)
  remember(secrets, ann)
  await ann.post('/sign-out', {})

  await ann.post('/sign-in', { email: EMAIL, password: PASSWORDS[1]! })
  expect((await ann.post('/sign-in', { email: EMAIL, password: PASSWORDS[0]! })).status).toBe(303)
  remember(secrets, ann)
  await ann.post('/sign-out', {})

  await ann.post('/sign-in/email', { email: EMAIL })
  expect((await ann.post('/sign-in/code', { code: (await nextMail(world)).code })).status).toBe(303)
  remember(secrets, ann)

  await ann.post('/reset-password', { email: EMAIL })
  const { token } = await nextMail(world)
  await ann.get(`/reset-password?token=${token}`)
  expect((await ann.post('/reset-password', { token, password: PASSWORDS[2]! })).status).toBe(303)
  remember(secrets, ann)
}

async function makeAndUseKey(world: World): Promise<void> {
  const ann = visitor(world)
  await ann.post('/sign-in', { email: EMAIL, password: PASSWORDS[2]! })
  const key = /fpu_[\w-]{43}/.exec(await (await ann.post('/account/keys', { request: crypto.randomUUID() })).text())![0]
  world.secrets.add(key)
  expect((await ann.get('/api/v1/me', { authorization: `Bearer ${key}` })).status).toBe(200)
  expect((await ann.get('/api/v1/me', { authorization: `Bearer ${key}x` })).status).toBe(401)
  remember(world.secrets, ann)
}

async function pay(world: World): Promise<void> {
  const payer = visitor(world)
  const sent = await payer.post('/tip', { amount: '660', request: crypto.randomUUID(), message: 'geheim' })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await world.sandbox.pay(sessionId, { email: EMAIL })
  await world.program.says(/"route":"\/webhooks\/stripe","status":200/)
  expect((await payer.get(`/thanks?session_id=${sessionId}`)).status).toBe(200)
  const forged = { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'a'.repeat(64)}` }
  expect((await payer.post('/webhooks/stripe', { x: '1' }, forged)).status).toBe(400)
  for (const secret of [sessionId, 'geheim', 'a'.repeat(64)]) world.secrets.add(secret)
}

async function comeByGitHub({ provider, secrets, ...world }: World): Promise<void> {
  const ann = visitor(world)
  const sent = await ann.post('/sign-in/github', {})
  const back = await provider.visit(sent.headers.get('location'))
  expect((await ann.get(back)).status).toBe(303)
  for (const value of new URL(back, 'http://localhost').searchParams.values()) secrets.add(value)
  remember(secrets, ann)
}

async function beTheOwner(world: World): Promise<void> {
  const command = new Program(['dist/src/cli/owner-link.js'], world.env)
  expect(await command.exited).toBe(0)
  const token = /token=(\S+)/.exec(command.output)![1]!
  const owner = visitor(world)
  await owner.get(`/sign-in/link?token=${token}`)
  expect((await owner.post('/sign-in/link', { token })).status).toBe(303)
  expect((await owner.get('/dashboard')).status).toBe(200)
  world.secrets.add(token)
  remember(world.secrets, owner)
}

async function readMetrics(world: World): Promise<void> {
  const prometheus = visitor(world)
  expect((await prometheus.get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })).status).toBe(200)
  await prometheus.get('/metrics', { authorization: `Bearer ${METRICS_TOKEN}x` })
}

/** Mail, then Stripe, then the database, each of which has a password in its address. */
async function whileAllIsAway(world: World): Promise<void> {
  const { cables, program, secrets } = world
  const ann = visitor(world)
  cables.mail.cut()
  await ann.post('/sign-in/email', { email: EMAIL })
  cables.stripe.cut()
  expect((await ann.post('/tip', { amount: '660', request: crypto.randomUUID() })).status).toBe(503)
  await ann.post('/sign-in', { email: EMAIL, password: PASSWORDS[2]! })
  cables.postgres.cut()
  expect((await ann.get('/account')).status).toBe(503)
  await ann.post('/sign-in', { email: EMAIL, password: PASSWORDS[2]! })
  await program.says(/"level":"warn"/)
  remember(secrets, ann)
}

function visitor({ app }: Pick<World, 'app'>): Visitor {
  return new Visitor(app, 'en')
}

/** The newest proof that has not been read; its token and code are secrets. */
async function nextMail({ mail, secrets }: World): Promise<{ token: string; code: string }> {
  const find = () => mail.received.findIndex(({ text }) => text.includes('token='))
  await expect.poll(find, { timeout: 20_000 }).toBeGreaterThanOrEqual(0)
  const { text } = mail.received.splice(find(), 1)[0]!
  const token = /token=(\S+)/.exec(text)![1]!
  const code = /\b\d{3} ?\d{3}\b/.exec(text.replace(/token=\S+/g, ''))![0].replace(' ', '')
  secrets.add(token).add(code)
  return { token, code }
}

function remember(secrets: Set<string>, { everSet }: Visitor): void {
  for (const value of everSet) if (value.length > 12) secrets.add(value)
}

/** Six digits may be a part of something longer by accident. */
function secretIn(output: string, secret: string): boolean {
  return /^\d{6}$/.test(secret) ? new RegExp(`\\b${secret}\\b`).test(output) : output.includes(secret)
}
