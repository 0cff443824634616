import { expect, test } from 'vitest'
import { onBothDatabases, type TestDatabase } from './support/databases.ts'
import { openShop, type Shop } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

const PASSWORD = '糖 for everyone!'

onBothDatabases('accounts', (database) => {
  test('sign up, verify by the link, sign out, sign in with the password', async () => {
    const { shop, ann } = await withAnn(database)
    expect(await ann.read('/account')).toContain('ann@example.com')
    await ann.post('/sign-out', {})
    expect((await ann.get('/account')).headers.get('location')).toBe('/sign-in?return=%2Faccount')

    const answer = await ann.post('/sign-in', { email: 'Ann@Example.com ', password: PASSWORD, return: '/account' })
    expect(answer.headers.get('location')).toBe('/account')
    expect(await shop.db.selectFrom('users').select('email').execute()).toEqual([{ email: 'ann@example.com' }])
  })

  test('the six digits do the same, in the browser that asked, and nowhere else', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await ann.post('/sign-in/email', { email: 'ann@example.com' })
    const { code } = await lastMail(shop)
    const stranger = shop.visitor('en')
    await stranger.post('/sign-in/email', { email: 'ann@example.com' })
    expect((await stranger.post('/sign-in/code', { code })).status).not.toBe(303)
    expect((await ann.post('/sign-in/code', { code: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(303)
    expect(await ann.read('/account')).toContain('ann@example.com')
    expect((await ann.post('/sign-in/code', { code })).status).toBe(400)
  })

  test('five wrong codes, and the right one is too late', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await ann.post('/sign-in/email', { email: 'ann@example.com' })
    const { code, token } = await lastMail(shop)
    const wrong = code === '000000' ? '111111' : '000000'
    const tries = await Promise.all(Array.from({ length: 5 }, () => ann.post('/sign-in/code', { code: wrong })))
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([422]))
    expect((await ann.post('/sign-in/code', { code })).status).toBe(422)
    // The link is not guessed, so it still works.
    expect((await ann.post('/sign-in/link', { token })).status).toBe(303)
  })

  test('a link that is only looked at stays good; used by ten at once it works once', async () => {
    const shop = await openShop(database)
    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const { token } = await lastMail(shop)
    for (let i = 0; i < 3; i++) expect((await shop.visitor().get(`/sign-in/link?token=${token}`)).status).toBe(200)
    const visitors = Array.from({ length: 10 }, () => shop.visitor())
    const answers = await Promise.all(visitors.map((visitor) => visitor.post('/sign-in/link', { token })))
    expect(answers.filter(({ status }) => status === 303).length).toBe(1)
    expect(answers.filter(({ status }) => status === 400).length).toBe(9)
  })

  test('of two mails, using one voids the other', async () => {
    const shop = await openShop(database)
    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const first = await lastMail(shop)
    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const second = await lastMail(shop)
    expect(first.token).not.toBe(second.token)
    expect((await shop.visitor().post('/sign-in/link', { token: second.token })).status).toBe(303)
    expect((await shop.visitor().post('/sign-in/link', { token: first.token })).status).toBe(400)
  })

  test('links that are old, forged or empty are refused kindly', async () => {
    const shop = await openShop(database)
    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const { token } = await lastMail(shop)
    await shop.db
      .updateTable('email_proofs')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .execute()
    for (const bad of [token, 'x'.repeat(43), '', '\u0000', 'a'.repeat(9000)]) {
      for (const path of ['/sign-in/link', '/verify-email', '/reset-password']) {
        const answer = await shop.visitor('en').post(path, { token: bad })
        if (path === '/reset-password' && !bad) continue
        expect(answer.status).toBe(400)
        expect(await answer.text()).toContain('no longer works')
      }
    }
  })

  test('a password chosen in another browser never opens the account', async () => {
    const shop = await openShop(database)
    // Eve signs up with Ann's address and waits; Ann presses the button in the mail that comes.
    await shop.visitor().post('/sign-up', { email: 'ann@example.com', password: 'eve knows this one' })
    const { token } = await lastMail(shop)
    const ann = shop.visitor()
    expect((await ann.post('/verify-email', { token })).status).toBe(303)
    const eve = await shop.visitor().post('/sign-in', { email: 'ann@example.com', password: 'eve knows this one' })
    expect(eve.status).toBe(422)
  })

  test('reset sets a new password, ends all other sessions, and tells the owner of the address', async () => {
    const { shop, ann } = await withAnn(database)
    const elsewhere = shop.visitor()
    await elsewhere.post('/sign-in', { email: 'ann@example.com', password: PASSWORD })
    expect((await elsewhere.get('/account')).status).toBe(200)

    const reset = shop.visitor('en')
    await reset.post('/reset-password', { email: 'ann@example.com' })
    const { token, url } = await lastMail(shop)
    expect(url).toContain('/reset-password?token=')
    expect(await reset.read(`/reset-password?token=${token}`)).toContain('Choose a new password')
    expect((await reset.post('/reset-password', { token, password: 'password' })).status).toBe(422)
    expect((await reset.post('/reset-password', { token, password: 'a brand new one' })).status).toBe(303)

    expect((await reset.get('/account')).status).toBe(200)
    expect((await ann.get('/account')).status).toBe(302)
    expect((await elsewhere.get('/account')).status).toBe(302)
    await shop.quiet()
    expect((await shop.mails()).map(({ subject }) => subject).join()).toMatch(/密码已更改|password was changed/)
    expect((await elsewhere.post('/sign-in', { email: 'ann@example.com', password: PASSWORD })).status).toBe(422)
    expect((await elsewhere.post('/sign-in', { email: 'ann@example.com', password: 'a brand new one' })).status).toBe(
      303,
    )
  })

  test('strangers learn nothing: the same pages, and the same mail, with and without an account', async () => {
    const { shop } = await withAnn(database)
    const asks: [string, Record<string, string>][] = [
      ['/sign-in', { password: 'not the password' }],
      ['/sign-in/email', {}],
      ['/sign-up', { password: 'a long enough one' }],
      ['/reset-password', {}],
    ]
    for (const [path, form] of asks) {
      const [known, unknown] = await Promise.all(
        ['ann@example.com', 'nobody@example.com'].map(async (email) => {
          const visitor = shop.visitor('en')
          const answer = await visitor.post(path, { email, ...form })
          const next = answer.headers.get('location')
          const page = next ? await visitor.read(next) : await answer.text()
          return { status: answer.status, next, page: page.replaceAll(email, 'EMAIL') }
        }),
      )
      expect(known, path).toEqual(unknown)
    }
    await shop.quiet()
    const kinds = async (to: string) => {
      const mails = (await shop.mails()).filter((mail) => mail.to === to)
      return mails
        .map(({ subject }) => subject.replace(/\d{6}/, ''))
        .slice(0, 3)
        .sort()
    }
    expect(await kinds('ann@example.com')).toEqual(await kinds('nobody@example.com'))
  })

  test('odd but valid addresses are addresses; others are told so', async () => {
    const shop = await openShop(database)
    for (const email of [
      'a+b@example.com',
      "ANN.O'NEIL@EXAMPLE.COM",
      '小林@例子.中国',
      'x@sub.example.co.uk',
      ' spaced@example.com ',
    ]) {
      expect((await shop.visitor().post('/sign-in/email', { email })).status, email).toBe(303)
    }
    for (const email of [
      '',
      'a',
      '@',
      'a@b',
      'a b@example.com',
      'a@example.com\nbcc: x@y.zz',
      'a@@example.com',
      'a,b@example.com',
      'x'.repeat(10_000),
    ]) {
      const answer = await shop.visitor('en').post('/sign-in/email', { email })
      expect(answer.status, email.slice(0, 30)).toBe(422)
      expect(await answer.text()).toContain('does not look like an email')
    }
  })

  test('passwords: 8 to 256 of any characters, and not what everybody uses', async () => {
    const shop = await openShop(database)
    const signUp = (password: string) => shop.visitor('en').post('/sign-up', { email: 'ann@example.com', password })
    for (const password of [
      '',
      '1234567',
      '短密码七个字啊',
      'password1',
      'QWERTYUIOP',
      'x'.repeat(257),
      'x'.repeat(10_000),
    ]) {
      const answer = await signUp(password)
      expect(answer.status, password.slice(0, 20)).toBe(422)
      expect(await answer.text()).toContain('id="password-error"')
    }
    for (const password of ['糖糖糖糖糖糖糖糖', '🍬'.repeat(256), ' spaces are fine ', 'e\u0301'.repeat(8)]) {
      expect((await signUp(password)).status, password.slice(0, 20)).toBe(303)
    }
  })

  test('return-to leads to pages of this site alone', async () => {
    const { ann } = await withAnn(database)
    for (const [wanted, got] of [
      ['/account?x=1', '/account?x=1'],
      ['https://evil.example/', '/account'],
      ['//evil.example', '/account'],
      ['/\\evil.example', '/account'],
      ['/\t/evil.example', '/account'],
      ['/..//evil.example', '/account'],
      ['javascript:alert(1)', '/account'],
    ] as const) {
      const answer = await ann.post('/sign-in', { email: 'ann@example.com', password: PASSWORD, return: wanted })
      expect(answer.headers.get('location'), wanted).toBe(got)
    }
  })

  test('a new session id at each sign-in; a forged, ended or deleted one opens nothing', async () => {
    const { shop, ann } = await withAnn(database)
    const first = ann.cookies.get('session')!
    await ann.post('/sign-in', { email: 'ann@example.com', password: PASSWORD })
    const second = ann.cookies.get('session')!
    expect(second).not.toBe(first)
    for (const id of [first, 'forged', '', 'x'.repeat(5000)]) {
      const answer = await shop.visitor().get('/account', { cookie: `session=${id}` })
      expect(answer.status).toBe(302)
    }
    await shop.db.deleteFrom('users').execute()
    expect((await ann.get('/account')).status).toBe(302)
  })

  test('forms from other sites are refused', async () => {
    const { ann } = await withAnn(database)
    for (const path of [
      '/sign-in',
      '/sign-in/email',
      '/sign-up',
      '/sign-in/link',
      '/sign-in/code',
      '/reset-password',
      '/sign-out',
    ]) {
      expect(
        (await ann.post(path, { email: 'ann@example.com' }, { origin: 'https://evil.example' })).status,
        path,
      ).toBe(403)
    }
    expect((await ann.get('/account')).status).toBe(200)
  })

  test('the dashboard is a sign-in page to guests and nothing at all to customers', async () => {
    const { shop, ann } = await withAnn(database)
    expect((await shop.visitor().get('/dashboard')).headers.get('location')).toBe('/sign-in?return=%2Fdashboard')
    expect((await ann.get('/dashboard')).status).toBe(404)
    expect((await ann.get('/dashboard/payments.csv')).status).toBe(404)
    const owner = shop.visitor()
    await owner.post('/sign-in/email', { email: 'owner@example.com', return: '/dashboard' })
    await owner.post('/sign-in/link', { token: (await lastMail(shop)).token })
    expect((await owner.get('/dashboard')).status).toBe(200)
  })

  test('cookies of others neither stop a page nor pass for the session', async () => {
    const { shop, ann } = await withAnn(database)
    const eve = shop.visitor('en')
    const id = ann.cookies.get('session')!
    for (const cookie of ['_ga=50%off', 'foo=%', `%73ession=${id}`, 'session=%', 'session=%00', ';;==;']) {
      expect((await eve.get('/tip', { cookie })).status, cookie).toBe(200)
      expect((await eve.get('/account', { cookie })).status, cookie).toBe(302)
    }
    expect((await eve.get('/account', { cookie: `_ga=50%off; session=${id}` })).status).toBe(200)
  })

  test('a NUL in any field of any form is no 500', async () => {
    const { ann } = await withAnn(database)
    const fields = ['email', 'password', 'return', 'code', 'token', 'id', 'session', 'current']
    const form = Object.fromEntries(fields.map((field) => [field, `a\u0000b@example.com`]))
    for (const path of [
      '/sign-in',
      '/sign-in/email',
      '/sign-up',
      '/sign-in/link',
      '/sign-in/code',
      '/reset-password',
    ]) {
      expect((await ann.post(path, { ...form, return: '/\u0000' })).status, path).toBeLessThan(500)
    }
    for (const path of [
      '/account/passkeys/remove',
      '/account/password',
      '/account/email',
      '/account/sessions/end',
      '/account/delete',
    ]) {
      expect((await ann.post(path, form)).status, path).toBeLessThan(500)
    }
  })

  test('a sign-in with the old password that overlaps a reset opens nothing that lasts', async () => {
    const { shop } = await withAnn(database)
    const reset = shop.visitor('en')
    await reset.post('/reset-password', { email: 'ann@example.com' })
    const { token } = await lastMail(shop)
    const intruders = Array.from({ length: 8 }, () => shop.visitor())
    const sign = (visitor: Visitor, i: number) =>
      new Promise((done) => setTimeout(done, 8 * i)).then(() =>
        visitor.post('/sign-in', { email: 'ann@example.com', password: PASSWORD }),
      )
    await Promise.all([reset.post('/reset-password', { token, password: 'a brand new one' }), ...intruders.map(sign)])
    for (const intruder of intruders) expect((await intruder.get('/account')).status).toBe(302)
    expect((await reset.get('/account')).status).toBe(200)
  })

  test('a link asked for before a reset is void after it; a sign-in link sets no password', async () => {
    const { shop } = await withAnn(database)
    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const before = await lastMail(shop)
    const other = await shop.visitor().post('/reset-password', { token: before.token, password: 'smuggled password' })
    expect(other.status).toBe(303)
    const smuggled = await shop.visitor().post('/sign-in', { email: 'ann@example.com', password: 'smuggled password' })
    expect(smuggled.status).toBe(422)

    await shop.visitor().post('/sign-in/email', { email: 'ann@example.com' })
    const early = await lastMail(shop)
    await shop.visitor().post('/reset-password', { email: 'ann@example.com' })
    await shop.visitor().post('/reset-password', { token: (await lastMail(shop)).token, password: 'a brand new one' })
    expect((await shop.visitor().post('/sign-in/link', { token: early.token })).status).toBe(400)
  })

  test('nothing at rest signs anybody in: no session id, token, code or password in the database', async () => {
    const { shop, ann } = await withAnn(database)
    const secrets = [PASSWORD, ann.cookies.get('session')!, ...ann.everSet]
    await ann.post('/reset-password', { email: 'ann@example.com' })
    for (const { text } of await shop.mails()) secrets.push(...Object.values(secretsOf(text)))
    const dump = await dumpOf(shop)
    expect(dump).toContain('ann@example.com')
    for (const secret of secrets.filter((value) => value.length > 5)) expect(dump).not.toContain(secret)
  })
})

async function withAnn(database: TestDatabase): Promise<{ shop: Shop; ann: Visitor }> {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  await ann.post('/sign-up', { email: 'ann@example.com', password: PASSWORD })
  const answer = await ann.post('/verify-email', { token: (await lastMail(shop)).token })
  expect(answer.status).toBe(303)
  return { shop, ann }
}

async function lastMail(shop: Shop) {
  await shop.quiet()
  const [mail] = await shop.mails()
  return secretsOf(mail!.text)
}

function secretsOf(text: string) {
  const url = /http\S+token=\S+/.exec(text)?.[0] ?? ''
  return { url, token: url.split('token=')[1] ?? '', code: /\b\d{6}\b/.exec(text)?.[0] ?? '' }
}

/** Every row of every table of ours and of the queue's. The sandbox's are the world outside. */
async function dumpOf({ connection: { pool } }: Shop): Promise<string> {
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')`,
  )
  const rows = []
  for (const { name } of tables.rows) rows.push(...(await pool.query(`select * from ${name}`)).rows)
  return JSON.stringify(rows)
}
