import { expect, test } from 'vitest'
import { normalEmail } from '../src/email-address.ts'
import { onBothDatabases, type TestDatabase } from './support/databases.ts'
import { openShop, SECRET, type Shop } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

const PASSWORD = '糖 for everyone!'
const ANN = 'ann@example.com'
const IPHONE = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1' }
const EDGE = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0.0.0 Safari/537.36 Edg/130.0' }

onBothDatabases('the account page', (database) => {
  test('a guest pays, signs in by a mail to that address and sees it; whoever only types the address sees nothing', async () => {
    const shop = await openShop(database)
    await shop.tip({ message: '终于好了' }, { email: '林@Bücher.Example' })
    await shop.quiet()

    const stranger = shop.visitor('en')
    await stranger.post('/sign-up', { email: '林@bücher.example', password: PASSWORD })
    expect((await stranger.get('/account')).headers.get('location')).toBe('/sign-in?return=%2Faccount')
    await stranger.post('/sign-in/email', { email: '林@bücher.example' })
    expect((await stranger.get('/account')).status).toBe(302)
    const someone = await signedIn(shop, 'someone@example.com')
    await someone.post('/account/email', { email: '林@bücher.example' })
    await shop.quiet()
    expect(await someone.read('/account')).toContain('Nothing was paid with this address yet.')
    expect(await someone.read('/account')).not.toContain('终于好了')

    const payer = await signedIn(shop, ' 林@xn--bcher-kva.EXAMPLE ')
    const page = await payer.read('/account')
    expect(page).toMatch(/¥6\.60 “?终于好了/)
    expect(page).toContain('Paid')
  })

  test('what was given back is said', async () => {
    const shop = await openShop(database)
    await shop.tip({}, { email: ANN })
    await shop.quiet()
    await shop.db.updateTable('payments').set({ refunded: 160 }).execute()
    expect(await (await signedIn(shop, ANN)).read('/account')).toContain('¥1.60 refunded')
  })

  test('a new password ends the other sessions and the old password; this browser stays, under a new id', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    expect((await ann.post('/account/password', { password: PASSWORD })).status).toBe(303)
    const phone = await withPassword(shop, ANN, PASSWORD)
    expect((await phone.get('/account')).status).toBe(200)
    const before = ann.cookies.get('session')

    const wrong = await ann.post('/account/password', { current: 'not it', password: 'another good one' })
    expect(wrong.status).toBe(422)
    expect(await wrong.text()).toContain('That is not your current password.')
    expect((await ann.post('/account/password', { current: PASSWORD, password: 'short' })).status).toBe(422)
    expect((await ann.post('/account/password', { current: PASSWORD, password: 'password123' })).status).toBe(422)
    expect((await phone.get('/account')).status).toBe(200)

    const changed = await ann.post('/account/password', { current: PASSWORD, password: 'another good one' })
    expect(changed.headers.get('location')).toBe('/account?said=password-changed')
    expect(await ann.read('/account?said=password-changed')).toContain('Your password is changed')
    expect(ann.cookies.get('session')).not.toBe(before)
    expect((await phone.get('/account')).status).toBe(302)
    expect((await shop.visitor().post('/sign-in', { email: ANN, password: PASSWORD })).status).toBe(422)
    expect((await (await withPassword(shop, ANN, 'another good one')).get('/account')).status).toBe(200)
    await shop.quiet()
    const notices = (await shop.mails()).filter(({ subject, to }) => to === ANN && subject.includes('密码已更改'))
    expect(notices.length).toBe(2)
  })

  test('of two password changes at once one wins', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    await ann.post('/account/password', { password: PASSWORD })
    const phone = await withPassword(shop, ANN, PASSWORD)
    const answers = await Promise.all([
      ann.post('/account/password', { current: PASSWORD, password: 'the one of ann' }),
      phone.post('/account/password', { current: PASSWORD, password: 'the one of the phone' }),
    ])
    expect(answers.filter(({ headers }) => headers.get('location') === '/account?said=password-changed').length).toBe(1)
    for (const { status } of answers) expect(status).toBeLessThan(500)
  })

  test('the email changes when the new one is proved: both are told, the old one no longer signs in here', async () => {
    const shop = await openShop(database)
    await shop.tip({ message: 'It works!' }, { email: ANN })
    await shop.quiet()
    const ann = await signedIn(shop, ANN)
    const phone = await signedIn(shop, ANN)
    const asked = await ann.post('/account/email', { email: 'Ann.New@Example.com' })
    expect(asked.headers.get('location')).toBe('/sign-in/code')
    expect(await ann.read('/account')).toContain(ANN)

    const { token } = await lastSecrets(shop, 'ann.new@example.com')
    const done = await ann.post('/verify-email', { token })
    expect(done.headers.get('location')).toBe('/account?said=email-changed')
    const page = await ann.read('/account')
    expect(page).toContain('ann.new@example.com')
    expect(page).toContain('It works!')
    expect((await phone.get('/account')).status).toBe(302)
    await shop.quiet()
    const told = (await shop.mails()).filter(({ subject }) => subject.includes('登录邮箱已更改')).map(({ to }) => to)
    expect(told.sort()).toEqual(['ann.new@example.com', ANN])

    const old = await signedIn(shop, ANN)
    expect(await old.read('/account')).not.toMatch(/ann.new@example.com|It works!/)
    expect((await shop.db.selectFrom('users').select('id').execute()).length).toBe(2)
  })

  test('an address that has an account is not taken from it, and the answer tells only its reader', async () => {
    const shop = await openShop(database)
    await signedIn(shop, 'bob@example.com')
    const ann = await signedIn(shop, ANN)
    const taken = await ann.post('/account/email', { email: 'bob@example.com' })
    const free = await ann.post('/account/email', { email: 'nobody@example.com' })
    expect([taken.status, taken.headers.get('location')]).toEqual([free.status, free.headers.get('location')])

    await ann.post('/account/email', { email: 'bob@example.com' })
    const { code } = await lastSecrets(shop, 'bob@example.com')
    const answer = await ann.post('/sign-in/code', { code })
    expect(answer.headers.get('location')).toBe('/account?said=email-unchanged')
    expect(await ann.read('/account?said=email-unchanged')).toContain('Your email was not changed.')
    expect(await emails(shop)).toEqual([ANN, 'bob@example.com'])
  })

  test('a typo in the new address lets nobody in: the mail works only in the browser that asked', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    await ann.post('/account/email', { email: 'amn@example.com' })
    const stranger = shop.visitor('en')
    const { token } = await lastSecrets(shop, 'amn@example.com')
    await stranger.post('/verify-email', { token })
    expect((await stranger.get('/account')).status).toBe(302)
    expect(await emails(shop)).toEqual([ANN])
  })

  test('signing out elsewhere also voids the change of email that somebody there has begun', async () => {
    const shop = await openShop(database)
    const thief = await signedIn(shop, ANN)
    const ann = await signedIn(shop, ANN)
    await thief.post('/account/email', { email: 'thief@example.com' })
    const { token } = await lastSecrets(shop, 'thief@example.com')
    await ann.post('/account/sessions/end-others', {})
    expect((await thief.post('/verify-email', { token })).status).toBe(400)
    expect(await emails(shop)).toEqual([ANN])
  })

  test('the list of sessions: this one, the others, end one, end all others, end all', async () => {
    const shop = await openShop(database)
    const laptop = await signedIn(shop, ANN)
    const phone = await signedIn(shop, ANN, IPHONE)
    const work = await signedIn(shop, ANN, EDGE)
    const page = await laptop.read('/account')
    expect(page).toMatch(/A device This one Signed in just now by email link/)
    expect(page).toMatch(/Safari on iPhone Sign out Signed in just now by email link · here just now/)
    expect(page).toContain('Edge on Windows')

    const [first] = await hashesOn(phone)
    await phone.post('/account/sessions/end', { session: first! })
    expect([await isIn(laptop), await isIn(phone), await isIn(work)].filter(Boolean).length).toBe(2)
    expect(await isIn(phone)).toBe(true)

    const again = await signedIn(shop, ANN)
    const answer = await phone.post('/account/sessions/end-others', {})
    expect(answer.headers.get('location')).toBe('/account?said=others-ended')
    expect([await isIn(again), await isIn(laptop), await isIn(work), await isIn(phone)]).toEqual([
      false,
      false,
      false,
      true,
    ])
    const last = await signedIn(shop, ANN)
    await last.post('/account/sessions/end-all', {})
    expect(last.cookies.get('session')).toBeFalsy()
    expect(await isIn(phone)).toBe(false)
  })

  test('somebody else’s session stays, whatever is sent', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    const bob = await signedIn(shop, 'bob@example.com')
    const { userId } = await userOf(shop, ANN)
    const sessions = await shop.db.selectFrom('sessions').select('id').where('user_id', '=', userId).execute()
    expect(sessions.length).toBe(1)
    await bob.post('/account/sessions/end', { session: sessions[0]!.id })
    expect(await isIn(ann)).toBe(true)
    for (const session of ['', '\u0000', 'x'.repeat(10_000), "' or 1=1 --", ann.cookies.get('session')!]) {
      expect((await bob.post('/account/sessions/end', { session })).status).toBe(400)
    }
    expect(await isIn(ann)).toBe(true)
  })

  test('what can’t be undone asks for a fresh sign-in, and comes back to it', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 11 * 60_000) })
      .execute()
    for (const path of ['email', 'data', 'data.json', 'delete', 'password']) {
      const answer = await ann.get(`/account/${path}`)
      expect(answer.headers.get('location'), path).toBe(`/sign-in?return=%2Faccount%2F${path}&again=1`)
    }
    for (const path of ['email', 'delete', 'password']) {
      const form = { email: ANN, password: PASSWORD }
      expect((await ann.post(`/account/${path}`, form)).headers.get('location'), path).toContain('again=1')
    }
    expect(await ann.read('/account')).toContain(ANN)
    const again = await (await ann.get('/sign-in?return=%2Faccount&again=1')).text()
    expect(again).toContain(`value="${ANN}"`)
    expect(again).not.toContain('href="/sign-up')
    expect(await (await shop.visitor().get('/sign-in')).text()).toContain('href="/sign-up')
    expect(await emails(shop)).toEqual([ANN])
  })

  test('forms that are wrong, far too long or from elsewhere are refused kindly', async () => {
    const shop = await openShop(database)
    const ann = await signedIn(shop, ANN)
    await ann.post('/account/password', { password: PASSWORD })
    const long = 'x'.repeat(10_000)
    const odd = [
      '',
      long,
      `${long}@example.com`,
      'a@b',
      'a b@example.com',
      '"a"@example.com',
      'a@example.com\u0000b',
      ANN,
    ]
    for (const email of odd) expect((await ann.post('/account/email', { email })).status, email).toBe(422)
    for (const email of odd.slice(0, -1)) expect((await ann.post('/account/delete', { email })).status, email).toBe(422)
    for (const form of [
      {},
      { current: long, password: long },
      { current: PASSWORD, password: long },
      { current: '\u0000', password: '\u0000' },
    ]) {
      expect((await ann.post('/account/password', form as Record<string, string>)).status).toBe(422)
    }
    const evil = { origin: 'https://evil.example' }
    for (const path of ['password', 'email', 'delete', 'sessions/end', 'sessions/end-others', 'sessions/end-all']) {
      expect((await ann.post(`/account/${path}`, { email: ANN }, evil)).status, path).toBe(403)
      expect((await shop.visitor().post(`/account/${path}`, { email: ANN })).headers.get('location')).toContain(
        '/sign-in',
      )
    }
    expect((await ann.get('/account?said=constructor')).status).toBe(200)
    expect(await isIn(ann)).toBe(true)
  })
})

onBothDatabases('own data', (database) => {
  test('the download has everything about its reader, nothing of others and nothing that signs in', async () => {
    const { shop, ann } = await withPurchases(database)
    const { userId } = await userOf(shop, ANN)
    const passkey = { id: 'credential', user_id: userId, public_key: Buffer.from('a key'), counter: 0, transports: [] }
    await shop.db
      .insertInto('passkeys')
      .values({ ...passkey, name: 'iPhone' })
      .execute()
    const linked = { provider: 'github', provider_user_id: '42', user_id: userId, email: 'ann@work.example' }
    await shop.db.insertInto('oauth_accounts').values(linked).execute()

    const answer = await ann.get('/account/data.json')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(answer.headers.get('cache-control')).toContain('no-store')
    const text = await answer.text()
    const data = JSON.parse(text)
    expect(data).toMatchObject({
      account: { email: ANN, hasPassword: true },
      sessions: [{ method: 'password' }],
      passkeys: [{ name: 'iPhone' }],
      linkedAccounts: [{ provider: 'github', providerUserId: '42', email: 'ann@work.example' }],
      purchases: [{ amount: '6.60', currency: 'CNY', refunded: '0.00', name: 'Ann', message: 'It works!', email: ANN }],
    })
    expect(data.mails.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['account-notice', 'proof', 'receipt'])
    expect(data.stripeEvents.length).toBeGreaterThan(0)
    expect(data.proofs).toMatchObject([{ purpose: 'sign-in', email: ANN }])

    expect(text).not.toMatch(/bob@/i)
    const secrets = await shop.db.selectFrom('users').select('password_hash').where('email', '=', ANN).execute()
    const rows = await shop.db.selectFrom('sessions').select('id').execute()
    const hidden = [
      secrets[0]!.password_hash!,
      ...rows.map(({ id }) => id),
      'a key',
      Buffer.from('a key').toString('base64'),
    ]
    for (const secret of hidden) expect(text).not.toContain(secret)
  })

  test('deleting: signed out everywhere, a last mail, and nothing in the database says who it was', async () => {
    const { shop, ann } = await withPurchases(database)
    const phone = await signedIn(shop, ANN)
    const cookie = ann.cookies.get('session')!
    expect(await ann.read('/account/delete')).toContain('Stripe')
    expect((await ann.post('/account/delete', { email: 'bob@example.com' })).status).toBe(422)
    expect(await isIn(ann)).toBe(true)

    const gone = await ann.post('/account/delete', { email: ' ANN@example.com' })
    expect(gone.headers.get('location')).toBe('/account/deleted')
    expect(await ann.read('/account/deleted')).toContain('Your account is deleted')
    expect(ann.cookies.get('session')).toBeFalsy()
    ann.cookies.set('session', cookie)
    expect(await isIn(ann)).toBe(false)
    expect(await isIn(phone)).toBe(false)
    await shop.quiet()
    expect((await shop.mails()).find(({ to }) => to === ANN)!.subject).toContain('账户已删除')

    const dump = await dumpOf(shop)
    expect(dump.includes('bob@example.com')).toBe(true)
    for (const personal of [ANN, 'It works!', '"Ann"']) expect(dump.includes(personal), personal).toBe(false)
    expect((await shop.visitor().post('/sign-in', { email: ANN, password: PASSWORD })).status).toBe(422)
  })

  test('the books stay as they were, and what Stripe says later does not bring the person back', async () => {
    const { shop, ann } = await withPurchases(database)
    const owner = await shop.owner('en')
    const sums = async () => /Gross.*?Refunds \S+/.exec(await owner.read('/dashboard'))![0]
    const before = await sums()
    const id = (await shop.db.selectFrom('payments').select('id').where('email', '=', ANN).executeTakeFirstOrThrow()).id
    await ann.post('/account/delete', { email: ANN })
    await shop.quiet()
    expect(await sums()).toBe(before)
    const mailsBefore = (await shop.mails()).length

    for (const event of (await shop.stripe.events.list({ limit: 20 })).data) {
      if (JSON.stringify(event).includes(id)) await post(shop, { ...event, id: `${event.id}again` })
    }
    await shop.quiet()
    const payment = await shop.db.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(payment).toMatchObject({
      amount: 660,
      status: 'paid',
      email: null,
      name: null,
      message: null,
      user_id: null,
    })
    expect(payment.anonymized_at).not.toBeNull()
    expect(await sums()).toBe(before)
    const dump = await dumpOf(shop)
    for (const personal of [ANN, 'It works!']) expect(dump.includes(personal), personal).toBe(false)
    expect((await shop.mails()).length).toBe(mailsBefore)

    const back = await signedIn(shop, ANN)
    expect(await back.read('/account')).toContain('Nothing was paid with this address yet.')
  })

  test('the owner’s account stays, and the page says why', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    expect(await owner.read('/account/delete')).toContain('OWNER_EMAIL')
    const answer = await owner.post('/account/delete', { email: shop.config.ownerEmail })
    expect(answer.status).toBe(403)
    expect(await emails(shop)).toEqual([shop.config.ownerEmail])
  })
})

/** As Stripe tells it to our webhook. */
async function post(shop: Shop, event: object): Promise<void> {
  const payload = JSON.stringify(event)
  const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
  const init = { method: 'POST', body: payload, headers: { 'stripe-signature': signature } }
  expect((await shop.app.request('/webhooks/stripe', init)).status).toBe(200)
}

/** Ann, signed in with her password, and Bob: each tipped ¥6.6. */
async function withPurchases(database: TestDatabase) {
  const shop = await openShop(database)
  await shop.tip({ name: 'Ann', message: 'It works!' }, { email: ANN, name: 'Ann' })
  await shop.tip({ name: 'Bob', message: 'Bob was here' }, { email: 'bob@example.com', name: 'Bob' })
  await shop.quiet()
  const ann = await signedIn(shop, ANN)
  await ann.post('/account/password', { password: PASSWORD })
  await shop.quiet()
  return { shop, ann }
}

async function signedIn(shop: Shop, email: string, headers: Record<string, string> = {}): Promise<Visitor> {
  const visitor = shop.visitor('en')
  await visitor.post('/sign-in/email', { email })
  const { token } = await lastSecrets(shop, normalEmail(email)!)
  const answer = await visitor.post('/sign-in/link', { token }, headers)
  expect(answer.status).toBe(303)
  return visitor
}

async function withPassword(shop: Shop, email: string, password: string): Promise<Visitor> {
  const visitor = shop.visitor('en')
  const answer = await visitor.post('/sign-in', { email, password })
  expect(answer.status).toBe(303)
  return visitor
}

/** What the latest mail to an address carries. */
async function lastSecrets(shop: Shop, to: string) {
  await shop.quiet()
  const { text } = (await shop.mails()).find((mail) => normalEmail(mail.to) === to)!
  return { token: /token=(\S+)/.exec(text)?.[1] ?? '', code: /\b\d{6}\b/.exec(text)?.[0] ?? '' }
}

async function hashesOn(visitor: Visitor): Promise<string[]> {
  const html = await (await visitor.get('/account')).text()
  return [...html.matchAll(/name="session" value="([0-9a-f]{64})"/g)].map(([, hash]) => hash!)
}

const isIn = async (visitor: Visitor) => (await visitor.get('/account')).status === 200

async function emails({ db }: Shop): Promise<string[]> {
  return (await db.selectFrom('users').select('email').orderBy('email').execute()).map(({ email }) => email)
}

async function userOf({ db }: Shop, email: string): Promise<{ userId: string }> {
  return db.selectFrom('users').select('id as userId').where('email', '=', email).executeTakeFirstOrThrow()
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
