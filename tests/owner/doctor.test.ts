import { sql } from 'kysely'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { connectPostgres, type Db } from '../../src/db/connection.ts'
import { defineCatalog } from '../../src/define-catalog.ts'
import type { Patient } from '../../src/doctor/check.ts'
import { allChecks, examine, type Line } from '../../src/doctor/examine.ts'
import { patientOf } from '../../src/doctor/patient.ts'
import { setUpStripe } from '../../src/payments/setup/set-up.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openMailServer } from '../support/mail-server.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { textOf } from '../support/visitor.ts'

const URL = 'https://ming.red'
const words = { 'zh-CN': '课', en: 'Lessons' }
const catalog = defineCatalog({
  name: words,
  tagline: words,
  story: words,
  currency: 'cny',
  tip: { presets: ['66'], least: '6', most: '500' },
  products: {
    lesson: {
      name: words,
      description: words,
      plan: 'lessons',
      prices: { 'lesson-1': { amount: '66' }, 'lesson-month': { amount: '99', every: 'month' } },
    },
  },
})

/** What is wrong, as "name: status". */
const wrong = (lines: Line[]) =>
  lines
    .filter(({ status }) => status === 'failed' || status === 'warning')
    .map((line) => `${line.name}: ${line.status}`)
const statusOf = (lines: Line[], name: string) => lines.find((line) => line.name === name)?.status

test('a fresh clone: nothing failed, and what a start would bring is not looked at', async () => {
  const given = patientOf(loadConfig({ DATA_DIR: '/nowhere' }), { db: undefined, stripe: undefined }, {})
  const lines = await examine({ ...given, world: { ...given.world, fetch: () => Promise.reject(new Error('off')) } })
  expect(lines.map(({ name }) => name)).toEqual(allChecks.map(({ name }) => name))
  expect(wrong(lines)).toEqual([
    'environment: warning',
    'site: warning',
    'stripe key: warning',
    'prices: warning',
    'mail: warning',
  ])
  for (const name of ['database', 'stripe', 'site answers', 'owner']) expect(statusOf(lines, name)).toBe('skipped')
})

onPostgres('the doctor of a production', (database) => {
  test('finds nothing wrong with a right one, and each single fault by itself', async () => {
    const mail = await openMailServer()
    const env: NodeJS.ProcessEnv = {
      NODE_ENV: 'production',
      BASE_URL: URL,
      DATABASE_URL: 'postgres://127.0.0.1/later',
      STRIPE_SECRET_KEY: 'sk_live_x',
      STRIPE_WEBHOOK_SECRET: 'whsec_x',
      SMTP_URL: mail.url,
      MAIL_FROM: 'Ming <ming@ming.red>',
      OWNER_EMAIL: 'ming@ming.red',
      TIMEZONE: 'Asia/Shanghai',
    }
    const shop = await openShop(database, { webhooks: false, env })
    env.DATABASE_URL = database.url
    await makeRight(shop)
    const rightWorld: Patient['world'] = {
      ...patientOf(shop.config, shop, env).world,
      fetch: async (input, init) => shop.app.fetch(new Request(input, init)),
      resolveTxt: async (name) => [[name.startsWith('_dmarc.') ? 'v=DMARC1; p=none' : 'v=spf1 -all']],
      freeBytes: async () => 50e9,
    }
    const patient = (
      changes: NodeJS.ProcessEnv = {},
      world: Partial<Patient['world']> = {},
      parts: Partial<Patient> = {},
    ): Patient => {
      const changed = { ...env, ...changes }
      const made = patientOf(loadConfig(changed), shop, changed)
      const db = changed.DATABASE_URL ? shop.db : undefined
      return { ...made, catalog, db, world: { ...rightWorld, ...world }, ...parts }
    }
    expect(wrong(await examine(patient()))).toEqual([])
    expect((await examine(patient())).filter(({ status }) => status !== 'ok')).toEqual([])

    const { stripe, db } = shop
    let second = ''
    /** Faults of what it runs on: one line each, and nothing else. */
    const faults: [fault: string, line: string, Patient | Fault][] = [
      ['an old Node', 'node: failed', patient({}, { nodeVersion: 'v18.20.1' })],
      ...['BASE_URL', 'DATABASE_URL', 'STRIPE_SECRET_KEY', 'SMTP_URL', 'MAIL_FROM', 'OWNER_EMAIL'].map(
        (name): [string, string, Patient] => [`no ${name}`, 'environment: failed', patient({ [name]: '' })],
      ),
      ['a site without https', 'environment: failed', patient({ BASE_URL: 'http://ming.red' })],
      ['no such time zone', 'time zone: failed', withConfig(patient(), { timeZone: 'Mars/Olympus' })],
      ['no Postgres', 'database: failed', patient({}, {}, { db: awayDb() })],
      ['one that can not be opened', 'database: failed', patient({}, {}, { dbProblem: 'in use' })],
      ['an old Postgres', 'database version: failed', patient({}, {}, { db: oldPostgres(db) })],
      [
        'a step that has not run',
        'database migrations: failed',
        { db, break: `delete from kysely_migration where name = '0016_claim_codes'`, mend: lastStep },
      ],
      [
        "a rehearsal's database",
        'database holds: failed',
        {
          db,
          break: `update installation set stripe_mode = 'test'`,
          mend: `update installation set stripe_mode = 'live'`,
        },
      ],
      ['a clock a little off', 'database clock: warning', patient({}, { now: () => Date.now() + 10_000 })],
      ['a clock far off', 'database clock: failed', patient({}, { now: () => Date.now() - 400_000 })],
      ['little disk', 'database disk: warning', patient({}, { freeBytes: async () => 0.5e9 })],
      ['no disk', 'database disk: failed', patient({}, { freeBytes: async () => 1e6 })],
      ['a disk that can not be read', 'database disk: failed', patient({}, { freeBytes: () => Promise.reject('?') })],
      ['a wrong key', 'stripe: failed', patient({}, {}, { stripe: createStripe('sk_live_wrong', shop.sandbox) })],
      [
        'no way to Stripe',
        'stripe: failed',
        patient({}, {}, { stripe: stripeThat(() => Promise.reject(new Error('no route'))) }),
      ],
      ['an account that can not charge', 'stripe charges: failed', accountWith({ charges_enabled: false })],
      ['an account that is not paid out', 'stripe charges: warning', accountWith({ payouts_enabled: false })],
      ['an answer in another version', 'stripe version: failed', otherVersion()],
      ['another Stripe', 'stripe key: warning', patient({ STRIPE_API_BASE: 'http://127.0.0.1:9' })],
      [
        'an archived price',
        'stripe prices: failed',
        { break: archive('lesson-1', false), mend: archive('lesson-1', true) },
      ],
      ['another portal', 'stripe portal: warning', { break: portal({ invoices: 'none' }), mend: setUp }],
      [
        'an endpoint that was switched off',
        'stripe webhook: failed',
        { break: endpoint({ disabled: true }), mend: setUp },
      ],
      [
        'an endpoint that is told too little',
        'stripe webhook: failed',
        { break: endpoint({ enabled_events: ['charge.updated'] }), mend: setUp },
      ],
      ['a second endpoint', 'stripe webhook: warning', { break: secondEndpoint, mend: removeSecond }],
      ['no webhook secret', 'stripe webhook: warning', patient({ STRIPE_WEBHOOK_SECRET: '' })],
      ['no webhook ever', 'stripe delivery: warning', { db, break: 'delete from inbox', mend: oneWebhook }],
      [
        'an event that is stuck',
        'stripe delivery: failed',
        {
          db,
          break: 'update inbox set applied_at = null, failures = 3',
          mend: 'update inbox set applied_at = now(), failures = 0',
        },
      ],
      [
        'a tiny price',
        'prices: warning',
        patient(
          {},
          {},
          { catalog: { ...catalog, tip: { ...catalog.tip, presets: [{ amount: 660, currency: 'cny' }] } } },
        ),
      ],
      ['no mail server', 'mail: failed', patient({ SMTP_URL: 'smtp://127.0.0.1:9' })],
      ['a sender that nobody can answer', 'mail from: failed', patient({ MAIL_FROM: 'shop@localhost' })],
      ['no SPF and DMARC', 'mail dns: warning', patient({}, { resolveTxt: async () => [] })],
      ['no DNS', 'mail dns: warning', patient({}, { resolveTxt: () => Promise.reject(new Error('timeout')) })],
      [
        'a site that is away',
        'site answers: failed',
        patient({}, { fetch: () => Promise.reject(new Error('refused')) }),
      ],
      ['another site', 'site answers: failed', patient({}, { fetch: async () => new Response('Welcome to nginx') })],
      ['a proxy that drops headers', 'site headers: failed', patient({}, { fetch: withoutHeaders })],
      ['an owner who never came', 'owner: failed', patient({ OWNER_EMAIL: 'other@ming.red' })],
      ['an owner without passkey', 'owner passkey: warning', { db, break: 'delete from passkeys', mend: onePasskey }],
    ]
    for (const [fault, line, given] of faults) {
      const lines = await ('config' in given ? examine(given) : broken(given))
      expect.soft(wrong(lines), fault).toEqual([line])
      const mend = lines.find(({ status }) => status === 'failed' || status === 'warning')?.mend
      if (!/opened|can not be read/.test(fault)) expect(mend?.en, fault).toBeTruthy()
    }
    expect(wrong(await examine(patient()))).toEqual([])

    // Who takes only payment-code pictures needs no Stripe.
    const without = await examine(patient({ STRIPE_SECRET_KEY: 'none' }))
    expect(wrong(without)).toEqual([])
    expect(without.find(({ name }) => name === 'stripe key')?.text.en).toMatch(/^not used/)

    // A Stripe that never answers costs no more than its time.
    const hangs = patient({}, {}, { stripe: stripeThat(() => new Promise(() => {})) })
    const late = (await examine(hangs, allChecks, 100)).find(({ name }) => name === 'stripe')
    expect(late?.text.en).toBe('no answer within 0.1 seconds')

    interface Fault {
      db?: Db
      break: string | (() => Promise<unknown>)
      mend: string | (() => Promise<unknown>)
    }
    async function broken(fault: Fault): Promise<Line[]> {
      await act(fault.break)
      try {
        return await examine(patient())
      } finally {
        await act(fault.mend)
      }
    }
    async function act(what: Fault['break']): Promise<unknown> {
      return typeof what === 'string' ? sql.raw(what).execute(db) : what()
    }
    function lastStep() {
      return sql`insert into kysely_migration values ('0016_claim_codes', now()::text)`.execute(db)
    }
    function oneWebhook() {
      return receiveOne(db)
    }
    function onePasskey() {
      return addPasskey(db)
    }
    function setUp() {
      return setUpAt(stripe, shop)
    }
    function archive(key: string, active: boolean) {
      return async () => {
        const { data } = await stripe.prices.list({ lookup_keys: [key] })
        await stripe.prices.update(data[0]!.id, { active })
      }
    }
    function portal({ invoices }: { invoices: 'none' }) {
      return async () => {
        const { data } = await stripe.billingPortal.configurations.list()
        const features = { invoice_history: { enabled: invoices !== 'none' } }
        await stripe.billingPortal.configurations.update(data[0]!.id, { features })
      }
    }
    function endpoint(changes: Stripe.WebhookEndpointUpdateParams) {
      return async () => stripe.webhookEndpoints.update((await ourEndpoints())[0]!.id, changes)
    }
    async function ourEndpoints() {
      const { data } = await stripe.webhookEndpoints.list({ limit: 100 })
      return data.filter(({ url }) => url === `${URL}/webhooks/stripe`)
    }
    async function secondEndpoint() {
      const [ours] = await ourEndpoints()
      const enabled_events = ours!.enabled_events as Stripe.WebhookEndpointCreateParams.EnabledEvent[]
      second = (await stripe.webhookEndpoints.create({ url: ours!.url, enabled_events })).id
    }
    async function removeSecond() {
      await stripe.webhookEndpoints.del(second)
    }
    function stripeThat(send: typeof fetch) {
      return createStripe('sk_test_x', { fetch: send })
    }
    function accountWith(changes: Partial<Stripe.Account>): Patient {
      const send: typeof fetch = async (input, init) => {
        const answer = await shop.sandbox.fetch(input, init)
        if (!String(input).endsWith('/v1/account')) return answer
        return Response.json({ ...((await answer.json()) as object), ...changes }, { headers: answer.headers })
      }
      return patient({}, {}, { stripe: stripeThat(send) })
    }
    function otherVersion(): Patient {
      const send: typeof fetch = async (input, init) => {
        const answer = await shop.sandbox.fetch(input, init)
        return new Response(answer.body, { status: answer.status, headers: { 'stripe-version': '2019-01-01' } })
      }
      return patient({}, {}, { stripe: stripeThat(send) })
    }
    async function withoutHeaders(input: string | URL | Request, init?: RequestInit) {
      const answer = await shop.app.fetch(new Request(input, init))
      return new Response(answer.body, { status: answer.status })
    }
  })
})

onBothDatabases('the list on the dashboard', (database) => {
  test('the owner sees it in both languages, and presses to ask others too; nobody else does', async () => {
    const shop = await openShop(database)
    expect((await shop.visitor().get('/dashboard/health')).status).toBe(302)
    expect((await shop.visitor().post('/dashboard/health/checklist', {})).headers.get('location')).toMatch(/sign-in/)

    const owner = await shop.owner('en')
    const quick = await owner.read('/dashboard/health')
    expect(quick).toMatch(/Before you go live .* database migrations ok has the tables of this code/)
    expect(quick).not.toMatch(/stripe charges/)

    const pressed = await owner.post('/dashboard/health/checklist', {})
    expect(pressed.status).toBe(303)
    const all = await owner.read(pressed.headers.get('location')!)
    expect(all).toMatch(/stripe charges ok the account can charge/)
    // For a minute it stays, whoever comes by which link.
    expect(await owner.read('/dashboard/health')).toMatch(/stripe charges ok/)
    const chinese = await (await owner.get('/dashboard/health', { 'accept-language': 'zh-CN' })).text()
    expect(textOf(chinese)).toMatch(/上线清单 .*Stripe 账户 好 账户可以收款/)
  })
})

async function makeRight(shop: Shop): Promise<void> {
  await setUpAt(shop.stripe, shop)
  const email_verified_at = new Date()
  const owner = { id: 'owner', email: shop.config.ownerEmail, email_verified_at, password_hash: null, locale: null }
  await shop.db
    .insertInto('users')
    .values({ ...owner, last_seen_at: null })
    .execute()
  await addPasskey(shop.db)
  await receiveOne(shop.db)
}

async function setUpAt(stripe: Stripe, { config }: Shop): Promise<void> {
  const options = { stripe, mode: 'live' as const, confirm: async () => true, say: () => {} }
  await setUpStripe(options, { catalog, locale: config.locale, baseUrl: config.baseUrl, hasSecret: true })
}

async function addPasskey(db: Db): Promise<void> {
  const passkey = {
    id: 'key',
    user_id: 'owner',
    public_key: Buffer.from('k'),
    counter: 0,
    transports: [],
    name: 'Phone',
  }
  await db.insertInto('passkeys').values(passkey).execute()
}

async function receiveOne(db: Db): Promise<void> {
  await db
    .insertInto('inbox')
    .values({
      id: 'evt_1',
      type: 'charge.updated',
      object_id: 'pi_1',
      api_version: Stripe.API_VERSION,
      livemode: true,
      created_at: new Date(),
      via: 'webhook',
      payload: '{}',
      applied_at: new Date(),
      error: null,
    })
    .execute()
}

function withConfig(patient: Patient, changes: Partial<Patient['config']>): Patient {
  return { ...patient, config: { ...patient.config, ...changes } }
}

function awayDb(): Db {
  return connectPostgres('postgres://127.0.0.1:9/none').db
}

/** The same, which says that it is of 2017. */
function oldPostgres(db: Db): Db {
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      const isVersion =
        result.rows.length === 1 && Number(result.rows[0]?.value) > 140_000 && Number(result.rows[0]?.value) < 300_000
      return isVersion ? { ...result, rows: [{ value: 100_023 }] } : result
    },
  })
}
