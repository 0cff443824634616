import { expect, test } from 'vitest'
import { type CatalogText, defineCatalog } from '../../src/define-catalog.ts'
import { takeCredit } from '../../src/payments/credits.ts'
import { finishRefunds } from '../../src/payments/refund-claims.ts'
import { rightsOf } from '../../src/payments/rights.ts'
import { buy } from '../support/buy.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop, sessionIdOf } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

onBothDatabases('refunds', (database) => {
  test('the owner gives back a part, then the rest; a double click counts once, and the customer is told each time', async () => {
    const { shop, owner, payment } = await withTip(database)
    const page = `/dashboard/payments/${payment}`
    expect(await owner.read('/dashboard')).toContain('Tip')
    expect(await (await owner.get('/dashboard')).text()).toContain(`href="${page}"`)
    const form = { amount: '2.6', reason: 'requested_by_customer', request: await requestOn(owner, `${page}/refund`) }
    const clicks = await Promise.all([owner.post(`${page}/refund`, form), owner.post(`${page}/refund`, form)])
    expect(clicks.map(({ headers }) => headers.get('location'))).toEqual([page, page])
    // At once, before any webhook.
    expect(await owner.read(page)).toMatch(/Refunded in part.*Refund −¥2\.60.*the customer asked · by you/)
    // The same again, meant: from a fresh page.
    await owner.post(`${page}/refund`, { ...form, request: await requestOn(owner, `${page}/refund`) })
    await owner.post(`${page}/refund`, { amount: '¥1.4', reason: '', request: crypto.randomUUID() })
    await shop.quiet()
    const refunds = await shop.db.selectFrom('refunds').select(['amount', 'asked_by']).orderBy('amount').execute()
    expect(refunds).toEqual([140, 260, 260].map((amount) => ({ amount, asked_by: 'owner' })))
    expect((await shop.mails()).filter(({ subject }) => subject.includes('退款'))).toHaveLength(3)
    expect(await owner.read(page)).toMatch(/Refunded .*¥6\.60.*Refund mail/)
    expect(await owner.read(`${page}/refund`)).toContain('All of it is refunded.')
  })

  test('what is wrong or refused comes back as a form that says why', async () => {
    const { shop, owner, payment } = await withTip(database)
    const path = `/dashboard/payments/${payment}/refund`
    const send = async (amount: string) => {
      const answer = await owner.post(path, { amount, reason: '', request: crypto.randomUUID() })
      return { status: answer.status, text: textOf(await answer.text()) }
    }
    for (const amount of ['', '0', '-1', '1.234', '1e2', '六', '<script>', '\u0000', '9'.repeat(5000)]) {
      expect((await send(amount)).status, amount).toBe(422)
    }
    expect(await send('6.61')).toMatchObject({ status: 422, text: expect.stringContaining('¥6.60 at most') })
    // Given back at Stripe, and not heard of yet.
    await shop.stripe.refunds.create({ payment_intent: payment, amount: 600 })
    expect(await send('6.6')).toMatchObject({ status: 422, text: expect.stringContaining('¥0.60 at most') })
    await shop.stripe.refunds.create({ payment_intent: payment })
    expect(await send('0.6')).toMatchObject({ status: 422, text: expect.stringContaining('All of it has been') })
    for (const form of [{}, { amount: '1', reason: 'spite', request: 'form-0001' }, { amount: '1', reason: '' }]) {
      expect((await owner.post(path, form as Record<string, string>)).status).toBe(400)
    }
    expect((await owner.post('/dashboard/payments/pi_nobody/refund', formOf('1'))).status).toBe(404)
    expect((await owner.get('/dashboard/payments/pi_nobody')).status).toBe(404)
  })

  test('yen have no decimals', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const request = { amount: '500', currency: 'jpy', description: 'A talk', customer: '', lifetime: 'never' }
    const made = await owner.post('/dashboard/requests', { ...request, request: crypto.randomUUID() })
    const id = made.headers.get('location')!.split('/').at(-1)
    await shop.sandbox.pay(sessionIdOf((await shop.visitor().post(`/pay/${id}`, {})).headers.get('location')))
    await shop.quiet()
    const { id: payment } = await shop.db.selectFrom('payments').select('id').executeTakeFirstOrThrow()
    const path = `/dashboard/payments/${payment}/refund`
    expect(await (await owner.get(path)).text()).toContain('value="500"')
    expect((await owner.post(path, formOf('1.5'))).status).toBe(422)
    await owner.post(path, formOf('200'))
    expect(await shop.db.selectFrom('refunds').select(['amount', 'currency']).execute()).toEqual([
      { amount: 200, currency: 'jpy' },
    ])
  })

  test('only the owner refunds from the dashboard, and only after a fresh sign-in', async () => {
    const { shop, owner, payment } = await withTip(database)
    const path = `/dashboard/payments/${payment}/refund`
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    expect((await ann.post(path, formOf('1'))).status).toBe(404)
    expect((await ann.get(`/dashboard/payments/${payment}`)).status).toBe(404)
    expect((await shop.visitor().post(path, formOf('1'))).headers.get('location')).toContain('/sign-in')
    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 660_000) })
      .execute()
    expect((await owner.get(path)).headers.get('location')).toBe(`/sign-in?return=${encodeURIComponent(path)}&again=1`)
    expect((await owner.post(path, formOf('1'))).headers.get('location')).toContain('again=1')
    expect(await shop.db.selectFrom('refunds').select('id').execute()).toEqual([])
  })

  test('a customer takes back what is unused with one click, and its credits go with it', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const payment = await buy(shop, ann, 'question-5')
    const path = `/account/refund/${payment}`
    expect(await (await ann.get('/account')).text()).toContain(`href="${path}"`)
    expect(await ann.read(path)).toMatch(/¥30\.00 goes back.*With it goes what it bought: 5 questions/)
    const clicks = await Promise.all([ann.post(path, {}), ann.post(path, {})])
    expect(clicks.map(({ headers }) => headers.get('location'))).toEqual(['/account', '/account'])
    // Bought once, without an invoice: Stripe's portal would have nothing for her.
    expect(await (await ann.get('/account')).text()).not.toContain('action="/portal"')
    expect((await rightsOf(shop.db, userId)).credits).toBe(0)
    await shop.quiet()
    expect(await shop.db.selectFrom('refunds').select(['amount', 'asked_by', 'reason']).execute()).toEqual([
      { amount: 3000, asked_by: 'customer', reason: 'requested_by_customer' },
    ])
    expect(await ann.read('/account')).toMatch(/Questions · Five questions ¥30\.00 [^·]*· Refunded /)
    expect(await shop.db.selectFrom('refund_claims').selectAll().execute()).toEqual([])
    expect((await shop.mails()).filter(({ subject }) => subject.startsWith('Your refund'))).toHaveLength(1)
    expect(await (await ann.get('/account/data.json')).json()).toMatchObject({
      refunds: [{ paymentId: payment, amount: '30.00', askedBy: 'customer' }],
    })
  })

  test('what was used, is too old, or belongs to somebody else is not offered, and a POST is refused', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const used = await buy(shop, ann, 'question-1')
    await shop.db.transaction().execute((trx) => takeCredit(trx, userId, 'test', 'use-1'))
    const old = await buy(shop, ann, 'question-1')
    await shop.db
      .updateTable('payments')
      .set({ paid_at: new Date(Date.now() - 15 * 86_400_000) })
      .where('id', '=', old)
      .execute()
    const dear = await buy(shop, ann, 'question-1', { quantity: '10' })
    await shop.db.updateTable('payments').set({ amount: 10_001 }).where('id', '=', dear).execute()
    // The nine that are left of the last purchase do not make the first one unused: it is gone by age and price alone.
    expect(await (await ann.get('/account')).text()).toContain('/account/refund/')
    await shop.db.transaction().execute(async (trx) => {
      for (let i = 0; i < 11; i++) await takeCredit(trx, userId, 'test', `more-${i}`)
    })
    expect(await (await ann.get('/account')).text()).not.toContain('/account/refund/')
    for (const payment of [used, old, dear]) {
      expect((await ann.post(`/account/refund/${payment}`, {})).status).toBe(409)
    }
    const stranger = shop.visitor('en')
    await proveAddress(shop, stranger, 'bob@example.com')
    for (const id of [used, 'pi_nobody', '%00', '__proto__']) {
      expect((await stranger.get(`/account/refund/${id}`)).status, id).toBe(404)
      expect((await stranger.post(`/account/refund/${id}`, {})).status, id).toBe(404)
    }
    expect((await shop.visitor().post(`/account/refund/${used}`, {})).headers.get('location')).toContain('/sign-in')
    expect((await shop.stripe.refunds.list()).data).toEqual([])
  })

  test('a pass goes back once; a wallet takes its time', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const first = await buy(shop, ann, 'member-30-days', { method: 'alipay' })
    expect(await ann.read(`/account/refund/${first}`)).toMatch(/30 days of Membership end/)
    await ann.post(`/account/refund/${first}`, {})
    expect(await ann.read('/account')).toMatch(/¥36\.00 [^·]*· On its way back/)
    expect((await rightsOf(shop.db, userId)).plans).toEqual([])
    const second = await buy(shop, ann, 'member-30-days')
    expect((await ann.post(`/account/refund/${second}`, {})).status).toBe(409)
    expect((await rightsOf(shop.db, userId)).plans).toHaveLength(1)
  })

  test('when Stripe refuses, what was bought is there again', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const payment = await buy(shop, ann, 'question-1')
    await shop.sandbox.dispute((await shop.stripe.paymentIntents.retrieve(payment)).latest_charge as string)
    const refused = await ann.post(`/account/refund/${payment}`, {})
    expect(refused.status).toBe(409)
    expect(textOf(await refused.text())).toContain('That did not work')
    expect(await shop.db.selectFrom('refund_claims').selectAll().execute()).toEqual([])
    await shop.quiet()
    const told = (await shop.mails()).filter(({ to }) => to === shop.config.ownerEmail)
    expect(told.map(({ subject }) => subject).join()).toContain('客人想退款，Stripe 没有同意')
    // The bank has the money now, until it is won back.
    const { id } = (await shop.stripe.disputes.list()).data[0]!
    await shop.sandbox.winDispute(id)
    await shop.quiet()
    expect((await rightsOf(shop.db, userId)).credits).toBe(1)
  })
})

onPostgres('refunds', (database) => {
  test('Stripe away or a payment at the bank: plain words, and nothing is lost', async () => {
    const { shop, owner, payment } = await withTip(database)
    const path = `/dashboard/payments/${payment}/refund`
    await shop.sandbox.chaos.set({ fail: 1 })
    const form = formOf('6.6')
    const away = await owner.post(path, form)
    expect(away.status).toBe(503)
    expect(await away.text()).toContain(`value="${form.request}"`)
    await shop.sandbox.chaos.set({ fail: 0 })
    await shop.sandbox.dispute((await shop.stripe.paymentIntents.retrieve(payment)).latest_charge as string)
    const refused = await owner.post(path, form)
    expect(refused.status).toBe(422)
    expect(textOf(await refused.text())).toContain('The customer went to their bank')
    // The refusal was the first we heard of it.
    expect(await owner.read(`/dashboard/payments/${payment}`)).toContain('Taken by the bank')
  })

  test('while Stripe is away what was bought is gone and the money is owed; it is given back later, by itself', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const payment = await buy(shop, ann, 'question-1')
    await shop.sandbox.chaos.set({ fail: 1 })
    const away = await ann.post(`/account/refund/${payment}`, {})
    expect(textOf(await away.text())).toContain('you get your money back')
    expect(await ann.read('/account')).toContain('Refund under way')
    const late = await shop.db.transaction().execute((trx) => takeCredit(trx, userId, 'test', 'late'))
    expect(late).toEqual({ taken: false })
    await shop.sandbox.chaos.set({ fail: 0 })
    await shop.db
      .updateTable('refund_claims')
      .set({ created_at: new Date(Date.now() - 120_000) })
      .execute()
    await finishRefunds(shop)
    expect(await ann.read('/account')).toMatch(/¥6\.60 [^·]*· Refunded/)
    expect(await shop.db.selectFrom('refund_claims').selectAll().execute()).toEqual([])
  })

  test('one claim that goes wrong keeps no other from its money', async () => {
    const { shop, ann } = await withAnn(database)
    const [bad, good] = [await buy(shop, ann, 'question-1'), await buy(shop, ann, 'question-1')]
    const longAgo = (seconds: number) => new Date(Date.now() - seconds * 1000)
    const claims = [
      { payment_id: bad, created_at: longAgo(300) },
      { payment_id: good, created_at: longAgo(200) },
    ]
    await shop.db.insertInto('refund_claims').values(claims).execute()
    const create = shop.stripe.refunds.create.bind(shop.stripe.refunds)
    shop.stripe.refunds.create = (async (...args: Parameters<typeof create>) => {
      if (args[0]?.payment_intent === bad) throw new Error('something of ours')
      return create(...args)
    }) as typeof create
    await expect(finishRefunds(shop)).rejects.toThrow('something of ours')
    const left = await shop.db.selectFrom('refund_claims').select('payment_id').execute()
    expect(left).toEqual([{ payment_id: bad }])
  })

  test('whoever uses a credit and takes it back at once gets one of both, never both', async () => {
    const { shop, ann, userId } = await withAnn(database)
    for (let round = 0; round < 6; round++) {
      const payment = await buy(shop, ann, 'question-1')
      const use = async () => {
        // The click takes its way through the web, so the use waits a little longer each time.
        await new Promise((resolve) => setTimeout(resolve, round * 6))
        return shop.db.transaction().execute((trx) => takeCredit(trx, userId, 'test', `use-${round}`))
      }
      await Promise.all([use(), ann.post(`/account/refund/${payment}`, {})])
      const { refunded } = await shop.db
        .selectFrom('payments')
        .select('refunded')
        .where('id', '=', payment)
        .executeTakeFirstOrThrow()
      const used = await shop.db
        .selectFrom('credit_uses')
        .select('id')
        .where('idempotency_key', '=', `use-${round}`)
        .execute()
      expect([refunded, used.length]).toSatisfy(([back, uses]) => (back === 660) !== (uses === 1))
      await shop.quiet()
      expect((await rightsOf(shop.db, userId)).credits).toBe(0)
    }
  })
})

test('a catalog whose refunds make no sense does not start', () => {
  const words = { 'zh-CN': '', en: '' }
  const shelf = { name: words, tagline: words, story: words, currency: 'cny', products: {} }
  const start = (refunds: CatalogText['refunds']) =>
    defineCatalog({ ...shelf, tip: { presets: ['6.6'], least: '6', most: '10' }, ...(refunds && { refunds }) }).refunds
  expect(start(undefined)).toBeUndefined()
  expect(start({ days: 7, upTo: { cny: '66', jpy: '1000' } })).toEqual({
    days: 7,
    upTo: [
      { amount: 6600, currency: 'cny' },
      { amount: 1000, currency: 'jpy' },
    ],
  })
  for (const refunds of [
    { days: 0, upTo: { cny: '66' } },
    { days: 7, upTo: {} },
    { days: 7, upTo: { jpy: '10.5' } },
  ]) {
    expect(() => start(refunds as CatalogText['refunds'])).toThrow(/^catalog\.ts: refunds/)
  }
})

async function withTip(database: TestDatabase) {
  const shop = await openShop(database)
  await shop.tip()
  await shop.quiet()
  const { id } = await shop.db.selectFrom('payments').select('id').executeTakeFirstOrThrow()
  return { shop, owner: await shop.owner('en'), payment: id }
}

async function withAnn(database: TestDatabase) {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  return { shop, ann, userId: await proveAddress(shop, ann, 'ann@example.com') }
}

const formOf = (amount: string) => ({ amount, reason: '', request: crypto.randomUUID() })

async function requestOn(visitor: Visitor, path: string): Promise<string> {
  return /name="request" value="([^"]+)"/.exec(await (await visitor.get(path)).text())![1]!
}

onBothDatabases('whoever takes money back again and again', (database) => {
  test('has to ask: three times in a year, a pass and a tip once, and a new account begins nothing anew', async () => {
    const shop = await openShop(database)
    const first = shop.visitor('en')
    await proveAddress(shop, first, 'ann@example.com')
    const pass = await buy(shop, first, 'member-30-days')
    expect((await first.post(`/account/refund/${pass}`, {})).status).toBe(303)
    await first.post('/account/delete', { email: 'ann@example.com' })
    await shop.quiet()

    // Another account and address, the same card.
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'other@example.com')
    const back = async (price: string) => {
      const id = await buy(shop, ann, price, { email: 'other@example.com' })
      return (await ann.post(`/account/refund/${id}`, {})).status
    }
    expect(await back('member-30-days')).toBe(409)
    expect(await back('question-5')).toBe(303)
    expect(await back('question-5')).toBe(303)
    expect(await back('question-5')).toBe(409)
    expect(await shop.db.selectFrom('refunds').select('id').execute()).toHaveLength(3)
  })
})
