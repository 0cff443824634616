import { Hono } from 'hono'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createLimits, type LimitName, type LimitTable } from '../src/auth/limits.ts'
import { type Connection, connectPostgres } from '../src/db/connection.ts'
import { answerError } from '../src/problems.tsx'
import { start } from '../src/start.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from './support/databases.ts'
import { hearLog } from './support/log.ts'
import { openShop, type Shop } from './support/shop.ts'
import { textOf, Visitor } from './support/visitor.ts'

const PER_ACCOUNT = 10
const wrong = (email: string) => ({ email, password: 'not the password' })

onBothDatabases('limits', (database) => {
  test('who guesses a password is stopped, told for how long, in Chinese and in English; nobody else is', async () => {
    const shop = await openShop(database)
    const [guesser, english] = [shop.visitor(), shop.visitor('en')]
    for (let n = 0; n < PER_ACCOUNT; n++) {
      expect((await guesser.post('/sign-in', wrong('ming@example.com'))).status).toBe(422)
    }
    const refused = await guesser.post('/sign-in', wrong('Ming@Example.com'))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(14 * 60)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60)
    expect(textOf(await refused.text())).toMatch(/密码试得有点密.*邮件里的链接.*请过 15 分钟再试/)

    const elsewhere = await english.post('/sign-in', wrong('ming@example.com'))
    expect(elsewhere.status).toBe(429)
    expect(textOf(await elsewhere.text())).toMatch(/lot of passwords.* try again in 15 minutes/)
    expect((await guesser.post('/sign-in', wrong('ann@example.com'))).status).toBe(422)
  })

  test('who tries one password on many accounts is stopped by address, and uses up no account', async () => {
    const shop = await openShop(database)
    const limits = limitsOf(shop.connection, { address: times(3), account: times(3) })
    for (const account of ['a', 'b', 'c']) expect(await limits('sign-in', '203.0.113.7', account)).toBe(200)
    for (let n = 0; n < 5; n++) expect(await limits('sign-in', '203.0.113.7', 'd')).toBe(429)
    for (let n = 0; n < 3; n++) expect(await limits('sign-in', '203.0.113.8', 'd')).toBe(200)
    expect(await limits('mail', '203.0.113.7', 'a')).toBe(200)
  })

  test('a stranger who uses up the limits of an account does not lock its owner out', async () => {
    const shop = await openShop(database)
    const email = 'ming@example.com'
    const stranger = shop.visitor()
    for (let n = 0; n <= PER_ACCOUNT; n++) await stranger.post('/sign-in', wrong(email))
    let mail = await stranger.post('/sign-in/email', { email })
    for (; mail.status !== 429; mail = await stranger.post('/sign-in/email', { email })) expect(mail.status).toBe(303)
    expect(await untilRefused(() => stranger.post('/sign-in/code', { code: '000000' }))).toBe(20)
    await shop.quiet()

    const ming = shop.visitor()
    const refused = await ming.post('/sign-in/email', { email })
    expect(refused.status).toBe(429)
    // As long as the newest link lives, and no longer.
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60)
    const mails = await shop.mails()
    const token = /token=([\w-]+)/.exec(mails.at(-1)!.text)![1]!
    const signedIn = await ming.post('/sign-in/link', { token })
    expect(signedIn.status).toBe(303)
    expect((await ming.get('/sign-in')).headers.get('location')).toBe('/account')
  })

  test('of many at once exactly as many pass as may', async () => {
    const shop = await openShop(database)
    const limits = limitsOf(shop.connection, { address: times(1000), account: times(20) })
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => limits('sign-in', `10.1.1.${n}`, 'ming')))
    expect(answers.filter((status) => status === 200).length).toBe(20)
    expect(answers.filter((status) => status === 429).length).toBe(40)
  })

  test('sign-ups, mails, payment pages and look-ups are counted; a payment that we know is not looked up', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    const { redirect } = await shop.tip()
    expect((await guest.get(redirect)).status).toBe(200)

    expect(await untilRefused((n) => guest.post('/tip', { amount: '660', request: `form-${n}-0000` }))).toBe(30)
    expect(await untilRefused(() => shop.visitor().post('/sign-in/email', { email: 'ming@example.com' }))).toBe(5)
    expect(await untilRefused((n) => guest.post('/sign-in/email', { email: `n${n}@example.com` }))).toBe(20)
    const password = 'a long enough pass phrase'
    const another = shop.visitor()
    expect(await untilRefused((n) => another.post('/sign-up', { email: `s${n}@example.com`, password }))).toBe(10)
    expect(await untilRefused((n) => guest.get(`/thanks?session_id=cs_test_nobody00000${n}`))).toBe(299)
    expect((await guest.get(redirect)).status).toBe(200)
    expect((await guest.get('/tip')).status).toBe(200)
  })

  test('when the time is over the count begins anew, and refused tries do not prolong it', async () => {
    const shop = await openShop(database)
    const limits = limitsOf(shop.connection, { address: { times: 2, seconds: 1 } })
    expect([await limits('mail', '192.0.2.1'), await limits('mail', '192.0.2.1')]).toEqual([200, 200])
    expect(await limits('mail', '192.0.2.1')).toBe(429)
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await limits('mail', '192.0.2.1')).toBe(429)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await limits('mail', '192.0.2.1')).toBe(200)
  })

  test('what is kept names neither a person nor an address, and goes an hour after it ended', async () => {
    const shop = await openShop(database)
    await shop.visitor('en', '203.0.113.9').post('/sign-in', wrong('ming@example.com'))
    const kept = async () => (await shop.connection.pool.query('select key, points from rate_limits order by key')).rows
    expect(await kept()).toEqual([
      { key: expect.stringMatching(/^sign-in:account:[0-9a-f]{64}$/), points: 1 },
      { key: expect.stringMatching(/^sign-in:address:[0-9a-f]{64}$/), points: 1 },
    ])
    const anHourAgo = Date.now() - 3_600_001
    await shop.connection.pool.query(`insert into rate_limits values ('mail:address:old', 3, ${anHourAgo})`)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    limitsOf(shop.connection, { address: times(1) })
    vi.advanceTimersByTime(5 * 60_000)
    vi.useRealTimers()
    await expect.poll(async () => (await kept()).map(({ key }) => key)).not.toContain('mail:address:old')
    expect((await kept()).length).toBe(2)
  })

  test('a count waits for a transaction of ours that has the only connection, and both end', async () => {
    const shop = await openShop(database)
    const limits = limitsOf(shop.connection, { address: times(5), account: times(5) })
    const finished = await shop.db.transaction().execute(async (trx) => {
      const counts = [limits('sign-in', '192.0.2.1', 'ming'), limits('sign-in', '192.0.2.2', 'ming')]
      await trx.selectFrom('users').selectAll().execute()
      await new Promise((resolve) => setTimeout(resolve, 100))
      return { counts }
    })
    expect(await Promise.all(finished.counts)).toEqual([200, 200])
  })

  test('when counting fails nobody is let through', async () => {
    const shop = await openShop(database)
    hearLog()
    await shop.connection.pool.query('alter table rate_limits rename to elsewhere')
    const answer = await shop.visitor().post('/sign-in', wrong('ming@example.com'))
    expect(answer.status).toBe(500)
    expect(answer.headers.getSetCookie()).toEqual([])
    await shop.connection.pool.query('alter table elsewhere rename to rate_limits')
    expect((await shop.visitor().post('/sign-in', wrong('ming@example.com'))).status).toBe(422)
  })
})

onPostgres('limits', (database) => {
  test('two processes share the count', async () => {
    const shop = await openShop(database)
    const second = await secondProcess(shop, database)
    const visitors = [shop.app, second].map((app) => new Visitor(app, 'en'))
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => visitors[n % 2]!.post('/sign-in', wrong('ming@example.com'))),
    )
    expect(answers.filter(({ status }) => status === 422).length).toBe(PER_ACCOUNT)
    expect(answers.filter(({ status }) => status === 429).length).toBe(16 - PER_ACCOUNT)
  })

  test('while the database is away a sign-in is a 503, like everything', async () => {
    hearLog()
    const pool = new pg.Pool({ connectionString: 'postgres://127.0.0.1:9/none' })
    const limits = limitsOf({ pool }, { address: times(5) })
    expect(await limits('sign-in', '192.0.2.1')).toBe(503)
  })
})

const times = (times: number) => ({ times, seconds: 60 })

/** The limits behind an address of their own; tells how a use is answered. */
function limitsOf({ pool }: Pick<Connection, 'pool'>, each: LimitTable[LimitName]) {
  const names = ['sign-in', 'sign-up', 'mail', 'code', 'passkey', 'checkout', 'thanks'] as const
  const table = Object.fromEntries(names.map((name) => [name, each])) as LimitTable
  const limits = createLimits(pool, { trustedProxyHops: 0 }, table)
  const app = new Hono().get('/:what', async (c) => {
    await limits.count(c, c.req.param('what') as LimitName, c.req.query('account'))
    return c.text('passed')
  })
  app.onError(answerError)
  return async (what: LimitName, remoteAddress: string, account?: string) => {
    const query = account ? `?account=${account}` : ''
    const answer = await app.request(`/${what}${query}`, {}, { incoming: { socket: { remoteAddress } } })
    expect(answer.headers.has('retry-after')).toBe(answer.status !== 200)
    return answer.status
  }
}

/** How many are answered before the first 429. */
async function untilRefused(ask: (n: number) => Promise<Response>): Promise<number> {
  for (let n = 0; n < 1000; n++) {
    const { status } = await ask(n)
    if (status === 429) return n
    expect(status).toBeLessThan(500)
  }
  throw new Error('never refused')
}

async function secondProcess(shop: Shop, database: TestDatabase): Promise<Hono> {
  const connection = connectPostgres(database.url)
  const { app, stop } = await start({
    ...shop,
    connection,
    transporter: createTransport(shop.sandbox.mailbox.transport),
  })
  onTestFinished(async () => {
    await stop()
    await connection.close()
  })
  return app
}
