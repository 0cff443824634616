import { expect, test } from 'vitest'
import { catalog } from '../../src/catalog.ts'
import { defineCatalog } from '../../src/define-catalog.ts'
import { forgetClaims } from '../../src/offline/claims.ts'
import { creditsOf, hasPlan } from '../../src/payments/rights.ts'
import { monthTotals } from '../../src/revenue/books.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

const OWNER_PAGE = '/dashboard/offline'
const paymentCodes = [
  { key: 'wechat', name: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, picture: 'og.png' },
  { key: 'alipay', name: { 'zh-CN': '支付宝', en: 'Alipay' }, picture: 'favicon.svg' },
]

onBothDatabases('paying without Stripe', (database) => {
  test.each([
    {
      language: 'zh-CN',
      link: '用微信支付、支付宝扫码直接付',
      open: '还没有核实',
      confirmed: '到账了，谢谢你',
      receipt: '收据',
      todo: '1 笔扫码付款等你核对',
      waiting: '等你核对的',
      offline: '已付 · 线下',
    },
    {
      language: 'en',
      link: 'Pay directly by WeChat Pay or Alipay code',
      open: 'not verified yet',
      confirmed: 'It arrived. Thank you',
      receipt: 'receipt',
      todo: '1 payment by code to check',
      waiting: 'Waiting for you to check',
      offline: 'Paid · Offline',
    },
  ])(
    'a guest scans and says so, the owner sees it arrive and confirms: it opens, with a receipt ($language)',
    async (t) => {
      const shop = await openCounter(database)
      const owner = await shop.owner(t.language)
      const guest = shop.visitor(t.language)
      for (const page of ['/', '/tip']) expect(await guest.read(page)).toContain(t.link)
      expect(await (await guest.get('/offline')).text()).toContain('href="/offline/question-5"')
      const { path, code, html } = await openForm(guest, 'question-5')
      expect(textOf(html)).toMatch(new RegExp(`¥30\\.00.*${code}`))
      for (const [source] of html.matchAll(/\/static\/(og|favicon)\.[^"]+/g)) {
        expect((await guest.get(source)).status).toBe(200)
      }
      // The phone loads the page again after the wallet: the code in the note must still be the one on the page.
      expect((await openForm(guest, path)).code).toBe(code)

      const sent = { email: 'Ann@Example.com', name: '<script>alert(1)</script>', code, amount: '3000' }
      const answers = await Promise.all([
        guest.post('/offline/question-5', sent),
        guest.post('/offline/question-5', sent),
      ])
      expect(answers.map(({ status }) => status)).toEqual([303, 303])
      const [claim, twice] = answers.map(({ headers }) => headers.get('location')!)
      expect(twice).toBe(claim)
      const waiting = await (await guest.get(claim!)).text()
      expect(textOf(waiting)).toContain(t.open)
      expect(waiting).toContain('<meta http-equiv="refresh" content="20"')
      expect(waiting).toContain('name="robots" content="noindex"')
      await shop.quiet()
      const toOwner = (await shop.mails()).filter(({ to }) => to === 'owner@example.com')
      expect(toOwner.map(({ subject }) => subject)).toEqual([expect.stringContaining(code)])
      expect(toOwner[0]!.text).toContain('http://localhost:3000/dashboard/offline')
      expect(toOwner[0]!.html).not.toContain('<script>alert')
      expect(await totals(shop)).toMatchObject({ gross: 0 })
      expect(await owner.read('/dashboard')).toContain(t.todo)
      const list = await (await owner.get(OWNER_PAGE)).text()
      expect(list).not.toContain('<script>alert')
      expect(textOf(list)).toMatch(new RegExp(`${t.waiting}.*${code} ¥30\\.00.*<script>alert.*ann@example\\.com`))

      expect((await owner.post(confirmOf(claim!), {})).status).toBe(303)
      expect((await owner.post(confirmOf(claim!), {})).status).toBe(303)
      await shop.quiet()
      expect(await totals(shop)).toMatchObject({ gross: 3000, fees: 0, net: 3000 })
      expect(await guest.read(claim!)).toContain(t.confirmed)
      const [receipt, ...more] = (await shop.mails()).filter(({ to }) => to === 'ann@example.com')
      expect(more).toEqual([])
      expect(receipt!.text.toLowerCase()).toContain(t.receipt)
      expect(await owner.read(OWNER_PAGE)).not.toContain(t.waiting)
      expect(await owner.read('/dashboard')).not.toContain(t.todo)

      const ann = shop.visitor(t.language)
      const userId = await proveAddress(shop, ann, 'ann@example.com')
      expect(await creditsOf(shop.db, userId)).toBe(5)
      expect(await ann.read('/account')).toContain(t.offline)
      expect((await ann.get(OWNER_PAGE)).status).toBe(404)
      expect((await ann.post(confirmOf(claim!), {})).status).toBe(404)
      // What was paid with that code is paid: the next one needs another.
      const { code: next } = await openForm(guest, path)
      expect(next).not.toBe(code)
      expect((await owner.post(`${OWNER_PAGE}/1/take-back`, {})).status).toBe(303)
      expect(await creditsOf(shop.db, userId)).toBe(0)
      expect(await ann.read('/account')).not.toContain(t.offline)
    },
  )

  test('what never arrived is refused kindly, counts nothing, and stays decided', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const guest = shop.visitor('zh-CN')
    const claim = await claimIt(guest, 'tip-660', { email: 'ann@example.com' })
    expect((await owner.post(refuseOf(claim), {})).status).toBe(303)
    const late = await owner.post(confirmOf(claim), {})
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('You said before that this one did not arrive')
    await shop.quiet()
    const toAnn = (await shop.mails()).filter(({ to }) => to === 'ann@example.com')
    expect(toAnn.map(({ subject }) => subject)).toEqual(['没有找到你的 ¥6.60'])
    expect(await guest.read(claim)).toContain('店主没有找到这笔钱')
    expect(await totals(shop)).toMatchObject({ gross: 0 })
    expect(await shop.db.selectFrom('offline_entries').select('id').execute()).toEqual([])
    for (const unknown of ['nothing', 'x'.repeat(43), "'or 1=1", '%00']) {
      expect((await guest.get(`/offline/claims/${unknown}`)).status).toBe(404)
      expect((await owner.post(`${OWNER_PAGE}/claims/${unknown}/confirm`, {})).status).toBe(404)
    }
  })

  test('wrong input comes back with what was typed, tampered input does not come back', async () => {
    const shop = await openCounter(database)
    const guest = shop.visitor('en')
    const form = { email: 'ann@example.com', name: 'Ann "A"', code: 'ACD347', amount: '660' }
    for (const more of [{ email: 'nobody' }, { email: 'a\ud800@b' }, { name: 'x'.repeat(61) }]) {
      const answer = await guest.post('/offline/tip-660', { ...form, ...more })
      expect(answer.status).toBe(422)
      const html = await answer.text()
      expect(html).toContain(`id="${Object.keys(more)[0]}-error"`)
      expect(html).toContain('ACD347')
      if (!('name' in more)) expect(html).toContain('value="Ann &quot;A&quot;"')
    }
    const tampered: [string, Record<string, string>][] = [
      ['tip-1', { amount: '1' }],
      ['tip-660', { amount: '1' }],
      ['question-5', {}],
      ['member-month', { amount: '3300' }],
      ['nothing', {}],
      ['tip-660', { code: 'ACD0O1' }],
      ['tip-660', { code: '<b>"x"' }],
    ]
    for (const [choice, more] of tampered) {
      expect((await guest.post(`/offline/${choice}`, { ...form, ...more })).status, choice).toBe(400)
    }
    expect((await guest.post('/offline/tip-660', form, { origin: 'https://evil.example' })).status).toBe(403)
    for (const choice of ['tip-1', 'member-month', 'nothing', '%00']) {
      expect((await guest.get(`/offline/${choice}`)).status, choice).toBe(404)
    }
    expect(await shop.db.selectFrom('offline_claims').select('id').execute()).toEqual([])
    const odd = await claimIt(guest, 'tip-660', { email: 'ann@example.com', name: 'A\0nn\ud800' })
    expect((await guest.get(odd)).status).toBe(200)
  })

  test('three may wait under one address, and a network may send twenty; what was typed is kept', async () => {
    const shop = await openCounter(database)
    const guest = shop.visitor('en')
    for (const choice of ['tip-660', 'tip-1660', 'tip-6600']) await claimIt(guest, choice, { email: 'ann@example.com' })
    const fourth = await send(guest, 'question-1', { email: 'ANN@example.com', name: 'Ann' })
    expect(fourth.status).toBe(422)
    const html = await fourth.text()
    expect(html).toContain('Three payments of this email wait for the owner already')
    expect(html).toContain('value="ANN@example.com"')
    // A stranger who fills up an address does not stop its owner.
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    await claimIt(ann, 'question-1', { email: 'elsewhere@example.com' })

    for (let n = 5; n <= 20; n++) await claimIt(guest, 'tip-660', { email: `guest${n}@example.com` })
    const tooMany = await send(guest, 'tip-660', { email: 'last@example.com', name: 'Last' })
    expect(tooMany.status).toBe(429)
    expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(0)
    const said = await tooMany.text()
    expect(said).toContain('Your network told us of many payments')
    expect(said).toContain('value="last@example.com"')
  })

  test('of somebody signed in it is theirs; deleting the account closes what waits and forgets who it was', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    const { html } = await openForm(ann, 'member-30-days')
    expect(html).toMatch(/value="ann@example\.com"[^>]*readonly/)
    const pass = await claimIt(ann, 'member-30-days', { email: 'stranger@example.com', name: 'Ann' })
    expect(await hasPlan(shop.db, userId, 'member')).toBe(false)
    await owner.post(confirmOf(pass), {})
    expect(await hasPlan(shop.db, userId, 'member')).toBe(true)
    const waiting = await claimIt(ann, 'tip-660', { name: 'Ann' })
    const data = await (await ann.get('/account/data.json')).json()
    expect(data.offlineClaims).toMatchObject([
      { amount: '36.00', state: 'confirmed', days: 30, email: 'ann@example.com' },
      { amount: '6.60', state: 'open', name: 'Ann' },
    ])

    await shop.quiet()
    const gone = await ann.post('/account/delete', { sure: 'yes', confirm: 'yes', email: 'ann@example.com' })
    expect(gone.status).toBe(303)
    await shop.quiet()
    const claims = await shop.db.selectFrom('offline_claims').select(['state', 'email', 'name', 'user_id']).execute()
    const nobody = { email: null, name: null, user_id: null }
    expect(claims.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
      { state: 'closed', ...nobody },
      { state: 'confirmed', ...nobody },
    ])
    expect(JSON.stringify(await shop.db.selectFrom('mails').selectAll().execute())).not.toMatch(/ann@|"Ann"/)
    const late = await owner.post(confirmOf(waiting), {})
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('They deleted their account')
    expect(await totals(shop)).toMatchObject({ gross: 3600 })
    expect(await shop.visitor('en').read(waiting)).toContain('This one is closed')
  })

  test('a shop without payment codes has no such pages, and no link to them', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    for (const path of ['/offline', '/offline/tip-660', '/offline/claims/nothing']) {
      expect((await guest.get(path)).status).toBe(404)
    }
    expect(
      (await guest.post('/offline/tip-660', { email: 'a@example.com', code: 'ACD347', amount: '660' })).status,
    ).toBe(404)
    for (const page of ['/', '/tip']) expect(await (await guest.get(page)).text()).not.toContain('/offline')
  })
})

onPostgres('paying without Stripe', (database) => {
  test('ten confirms at once make one entry; confirm and refuse at once decide one of them', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const guest = shop.visitor('en')
    const first = await claimIt(guest, 'question-5', { email: 'ann@example.com' })
    const confirms = await Promise.all(Array.from({ length: 10 }, () => owner.post(confirmOf(first), {})))
    expect(confirms.map(({ status }) => status)).toEqual(Array(10).fill(303))
    expect(await totals(shop)).toMatchObject({ gross: 3000 })

    const second = await claimIt(guest, 'tip-660', { email: 'bob@example.com' })
    const both = [confirmOf, refuseOf, confirmOf, refuseOf, confirmOf, refuseOf]
    const answers = await Promise.all(both.map((path) => owner.post(path(second), {})))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 303, 303, 409, 409, 409])
    const { state } = await shop.db
      .selectFrom('offline_claims')
      .select('state')
      .where('email', '=', 'bob@example.com')
      .executeTakeFirstOrThrow()
    expect((await totals(shop)).gross).toBe(state === 'confirmed' ? 3660 : 3000)
    await shop.quiet()
    expect((await shop.mails()).filter(({ to }) => to === 'bob@example.com')).toHaveLength(1)
  })

  test('ten different claims of one address at once: three are taken', async () => {
    const shop = await openCounter(database)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        shop.visitor('en').post('/offline/tip-660', {
          email: 'ann@example.com',
          code: `ACD34${'ACDEFHJKMN'[n]}`,
          amount: '660',
          name: `${n}`,
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(7)
  })

  test('one code is for one transfer: whoever sends it again gets another, and nothing is entered twice', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const guest = shop.visitor('en')
    const { code, amount } = await openForm(guest, 'question-5')
    const first = await guest.post('/offline/question-5', { code, amount, email: 'ann@example.com' })
    expect(first.status).toBe(303)
    await owner.post(confirmOf(first.headers.get('location')!), {})
    for (const email of ['ann@example.com', 'bob@example.com']) {
      const again = await guest.post('/offline/question-5', { code, amount, email, name: 'Again' })
      expect(again.status).toBe(422)
      const html = await again.text()
      expect(html).toContain('This code was used before')
      expect(html).toContain(`value="${email}"`)
      expect(/name="code" value="(\w+)"/.exec(html)![1]).not.toBe(code)
    }
    expect(await shop.db.selectFrom('offline_entries').select('amount').execute()).toEqual([{ amount: 3000 }])
  })

  test('a flood of guests does not hide who is real: the rest is asked to sign in, and the owner gets few mails', async () => {
    const shop = await openCounter(database)
    const flood = async (n: number) => {
      const address = `2001:db8:0:${n.toString(16)}::1`
      return claimOnly(shop.visitor('en', address), `guest${n}@example.com`)
    }
    const statuses: number[] = []
    for (let n = 1; n <= 52; n++) statuses.push((await flood(n)).status)
    expect(statuses.filter((status) => status === 303)).toHaveLength(50)
    expect(await (await flood(53)).text()).toContain('Sign in first')
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    await claimIt(ann, 'tip-660', { name: 'The real Ann' })
    await shop.quiet()
    const told = (await shop.mails()).filter(({ to, subject }) => to === 'owner@example.com' && /¥6/.test(subject))
    expect(told.length).toBeLessThanOrEqual(7)
    const list = textOf(await (await (await shop.owner('en')).get(OWNER_PAGE)).text())
    expect(list.indexOf('The real Ann')).toBeLessThan(list.indexOf('guest1@example.com'))

    await shop.db
      .updateTable('offline_claims')
      .set({ created_at: new Date(Date.now() - 15 * 86_400_000) })
      .execute()
    expect(await (await shop.owner('en')).read('/dashboard')).not.toContain('by code to check')
    const [old] = await shop.db.selectFrom('offline_claims').select('id').execute()
    expect(await ann.read(`/offline/claims/${old!.id}`)).toContain('Not found within two weeks')
  })

  test('confirmed while its payer deletes the account: nobody is named in the books', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    const claim = await claimIt(ann, 'question-5', { name: 'Ann' })
    const user = { userId, email: 'ann@example.com', emailVerified: true } as Parameters<typeof forgetClaims>[1]
    await shop.db.transaction().execute(async (trx) => {
      // What the deletion sees before it comes to the claims: no entry yet.
      expect(await trx.selectFrom('offline_entries').select('id').execute()).toEqual([])
      expect((await owner.post(confirmOf(claim), {})).status).toBe(303)
      await forgetClaims(trx, user)
    })
    const entries = await shop.db.selectFrom('offline_entries').select(['email', 'name', 'amount']).execute()
    expect(entries).toEqual([{ email: null, name: null, amount: 3000 }])
  })
})

test('payment codes that can not be are told at the start, by the line that is wrong', () => {
  const [wechat] = paymentCodes
  const text = {
    ...{ name: catalog.name, tagline: catalog.tagline, story: catalog.story, currency: 'cny', products: {} },
    tip: { presets: ['6.6'], least: '6', most: '5000' },
  }
  const withCodes = (codes: typeof paymentCodes) => () => defineCatalog({ ...text, paymentCodes: codes })
  expect(withCodes(paymentCodes)().paymentCodes).toEqual(paymentCodes)
  expect(defineCatalog(text).paymentCodes).toEqual([])
  expect(withCodes([wechat!, wechat!])).toThrow('catalog.ts: the payment code wechat stands there twice')
  expect(withCodes([{ ...wechat!, picture: 'none.png' }])).toThrow(
    /^catalog\.ts: .*there is no src\/ui\/static\/none\.png/,
  )
  for (const picture of ['../layout.tsx', 'style.css', 'a/b.png', '']) {
    expect(withCodes([{ ...wechat!, picture }])).toThrow(/^catalog\.ts: .*is not the name of a png, jpg or svg/)
  }
})

/** A shop whose owner can be paid by code. */
const openCounter = (database: TestDatabase) => openShop(database, { paymentCodes })

type Counter = Awaited<ReturnType<typeof openCounter>>

/** As a person comes to it: the page gives a code by itself. */
async function openForm(visitor: Visitor, choice: string) {
  const first = await visitor.get(choice.startsWith('/') ? choice : `/offline/${choice}`)
  const path = first.headers.get('location') ?? choice
  const html = await (first.status === 302 ? await visitor.get(path) : first).text()
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)![1]!
  return { path, html, code: value('code'), amount: value('amount') }
}

async function send(visitor: Visitor, choice: string, typed: { email?: string; name?: string }): Promise<Response> {
  const { code, amount } = await openForm(visitor, choice)
  return visitor.post(`/offline/${choice}`, { ...typed, code, amount })
}

/** The address of the payer's page. */
function claimOnly(visitor: Visitor, email: string): Promise<Response> {
  return send(visitor, 'tip-660', { email })
}

async function claimIt(...sent: Parameters<typeof send>): Promise<string> {
  const answer = await send(...sent)
  expect(answer.status).toBe(303)
  return answer.headers.get('location')!
}

const confirmOf = (claim: string) => `${OWNER_PAGE}/claims/${claim.split('/').at(-1)}/confirm`
const refuseOf = (claim: string) => `${OWNER_PAGE}/claims/${claim.split('/').at(-1)}/refuse`
const totals = (shop: Counter) => monthTotals(shop.db, { currency: 'cny', timeZone: 'Asia/Shanghai' })
