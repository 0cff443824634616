import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { expect, test } from 'vitest'
import { questionApi } from '../src/ask/api.ts'
import { createLimits } from '../src/auth/limits.ts'
import { requireCredit, requirePlan } from '../src/payments/required.tsx'
import { creditsOf } from '../src/payments/rights.ts'
import { rendered } from '../src/ui/markdown.ts'
import { onBothDatabases, onPostgres } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'
import { textOf, type Visitor } from './support/visitor.ts'

const QUESTION = { title: 'Why does it <script>wait</script>?', body: 'It hangs at `select`.\n\n<b>Help</b>' }

onBothDatabases('a paid question', (database) => {
  test('a guest buys one, asks, is answered, asks back and says whether it helped; nobody else sees it', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    expect(await ann.read('/ask')).toMatch(/One question is ¥6\.6.*Bought one already\? Sign in.*Questions.*Membership/)
    expect(await (await ann.get('/ask')).text()).toContain('href="/sign-in?return=%2Fask"')
    await buy(shop, ann, 'question-1')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    expect(await ann.read('/ask')).toContain('You have 1 question left.')

    // A double click asks once.
    const form = { ...QUESTION, request: 'form-0001' }
    const [sent, twice] = await Promise.all([ann.post('/ask', form), ann.post('/ask', form)])
    expect([sent.status, twice.status]).toEqual([303, 303])
    const path = sent.headers.get('location')!
    expect(path).toMatch(/^\/ask\/[\w-]{43}$/)
    expect(twice.headers.get('location')).toBe(path)
    expect(await creditsOf(shop.db, userId)).toBe(0)
    const list = await (await ann.get('/ask')).text()
    expect(list).toContain('Why does it &lt;script&gt;wait&lt;/script&gt;?')
    expect(textOf(list)).toMatch(
      /See the question you asked.*You have used all your questions.*Why does it <script>wait<\/script>\? Waiting/,
    )
    expect(await ann.read('/account')).toMatch(/Your questions Why does it .* Waiting .* All of them, and ask another/)
    expect(await (await ann.get('/tip')).text()).toContain('<a href="/ask">Ask</a>')
    const page = await (await ann.get(path)).text()
    expect(page).toContain('<title>Why does it &lt;script&gt;wait&lt;/script&gt;?')
    expect(page).toContain('<code>select</code>')
    expect(page).toContain('&lt;b&gt;Help&lt;/b&gt;')
    expect(page).not.toMatch(/<script|<b>/)

    await shop.quiet()
    const toOwner = (await shop.mails()).filter(({ subject }) => subject.includes('有人问你'))
    expect(toOwner).toHaveLength(1)
    expect(toOwner[0]).toMatchObject({ to: 'owner@example.com', subject: `有人问你：${QUESTION.title}` })
    expect(toOwner[0]!.text).toContain(`http://localhost:3000/dashboard/questions/${path.slice(5)}`)
    expect(toOwner[0]!.html).not.toContain('<b>Help')

    const stranger = shop.visitor('en')
    const inside = `/dashboard/questions/${path.slice(5)}`
    expect((await stranger.get(path)).headers.get('location')).toBe(`/sign-in?return=${encodeURIComponent(path)}`)
    await proveAddress(shop, stranger, 'stranger@example.com')
    const reply = { body: 'And then?', request: 'form-0002' }
    for (const answer of [
      await stranger.get(path),
      await stranger.post(`${path}/reply`, reply),
      await stranger.post(`${path}/reply`, { ...reply, body: '' }),
      await stranger.post(`${path}/rating`, { helped: 'no' }),
      await stranger.get('/dashboard/questions'),
      await stranger.get(inside),
      await stranger.post(inside, reply),
      await ann.get(inside),
      await ann.post(inside, reply),
      await ann.get('/ask/%00'),
      await ann.get('/ask/nothing'),
    ]) {
      expect(answer.status).toBe(404)
    }
    expect(await stranger.read('/ask')).not.toContain('Why does it')
    // It is not Ann's turn, and there is nothing to rate.
    expect((await ann.post(`${path}/reply`, reply)).status).toBe(409)
    expect((await ann.post(`${path}/rating`, { helped: 'yes' })).status).toBe(404)

    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard')).toContain('1 question waits for your answer')
    expect(await (await owner.get(inside)).text()).toContain('href="/dashboard/questions" aria-current="true"')
    expect(await owner.read('/dashboard/questions')).toMatch(/Why does it .* Waiting ann@example\.com/)
    expect((await owner.get(path)).headers.get('location')).toBe(inside)
    const answer = {
      body: '# Because\nIt **waits**.\n<script>alert(1)</script> [a](javascript:alert(1)) [b](https://example.com) ![i](https://x.example/i.png) see https://example.org/x',
      request: 'form-0003',
    }
    await Promise.all([owner.post(inside, answer), owner.post(inside, answer)])
    expect(await owner.read('/dashboard')).not.toContain('waits for your answer')
    await shop.quiet()
    const toAnn = (await shop.mails()).filter(({ subject }) => subject.startsWith('Answered'))
    expect(toAnn).toHaveLength(1)
    expect(toAnn[0]).toMatchObject({ to: 'ann@example.com' })
    expect(toAnn[0]!.text).toContain(`http://localhost:3000${path}`)
    expect(toAnn[0]!.text).toMatch(
      /> Because\n> \n> It waits\.\n> <script>.* b \(https:\/\/example\.com\) .* see https:\/\/example\.org\/x$/m,
    )
    expect(toAnn[0]!.html).toContain('<h3>Because</h3>')
    expect(toAnn[0]!.html).toContain('<strong>waits</strong>')
    expect(toAnn[0]!.html).not.toMatch(/<script>alert|<img|href="javascript/)

    const answered = await (await ann.get(path)).text()
    expect(answered).toContain('<h3>Because</h3>')
    expect(answered).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(answered).not.toMatch(/<script|<img|href="javascript/)
    expect(answered).toContain('<a href="https://example.com" rel="nofollow noopener">b</a>')
    expect(answered).toContain('<a href="https://example.org/x" rel="nofollow noopener">https://example.org/x</a>')
    expect(answered).toContain('href="/tip?message=Thanks%20for%20answering')
    await tipInOneClick(shop, ann, path, answered)

    // Once: a double click, and then no more.
    const back = { body: 'But <why>?', request: 'form-0004' }
    const signedOut = await shop.visitor('en').post(`${path}/reply`, back)
    expect(signedOut.status).toBe(401)
    expect(await signedOut.text()).toContain('But &lt;why&gt;?')
    const both = await Promise.all([ann.post(`${path}/reply`, back), ann.post(`${path}/reply`, back)])
    expect(both.map(({ status }) => status)).toEqual([303, 303])
    const late = await ann.post(`${path}/reply`, { body: 'One more thing', request: 'form-0005' })
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('One more thing')
    await shop.quiet()
    expect((await shop.mails()).filter(({ subject }) => subject.includes('追问'))).toHaveLength(1)
    await owner.post(inside, { body: 'So.', request: 'form-0006' })
    const other = await owner.post(inside, { body: 'So what.', request: 'form-0006' })
    expect(other.status).toBe(409)
    expect(await other.text()).toContain('So what.')
    expect(await ann.read(path)).toMatch(/Closed.*You.*The engineer.*Because.*You.*But <why>\?.*The engineer.*So\./)

    for (const helped of ['no', 'yes']) await ann.post(`${path}/rating`, { helped })
    expect((await ann.post(`${path}/rating`, { helped: 'maybe' })).status).toBe(400)
    expect(await owner.read(inside)).toContain('They say it helped')
    expect(await creditsOf(shop.db, userId)).toBe(0)
  })

  test('whatever goes wrong, what was typed comes back: no credit, no session, too long, sent before', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const asGuest = await ann.post('/ask', { ...QUESTION, request: 'form-0001' })
    expect(asGuest.status).toBe(401)
    expect(textOf(await asGuest.text())).toMatch(/Your text is safe below.*It hangs at `select`/)
    const userId = await proveAddress(shop, ann, 'ann@example.com')

    const unpaid = await ann.post('/ask', { ...QUESTION, request: 'form-0001' })
    expect(unpaid.status).toBe(402)
    const html = await unpaid.text()
    expect(html).toContain('href="/#question"')
    expect(html).toContain('value="Why does it &lt;script&gt;wait&lt;/script&gt;?"')
    expect(html).toContain('It hangs at `select`.\n\n&lt;b&gt;Help&lt;/b&gt;')
    expect(html).toContain('value="form-0001"')
    expect(await questionCount(shop)).toBe(0)

    await buy(shop, ann, 'question-1', { quantity: '2' })
    for (const wrong of [
      { title: ' \u200b ' },
      { title: 'x'.repeat(121) },
      { body: '' },
      { body: '谢'.repeat(10_001) },
    ]) {
      const answer = await send(ann, '/ask', { ...QUESTION, request: 'form-0001', ...wrong })
      expect(answer.status, JSON.stringify(wrong).slice(0, 40)).toBe(422)
      const again = await answer.text()
      expect(again).toContain('aria-invalid="true"')
      const [typed] = Object.values(wrong)
      expect(again).toContain(typed!.trim())
    }
    expect((await ann.post('/ask', QUESTION)).status).toBe(400)
    expect((await ann.post('/ask', { title: 'x', request: 'form-0001' })).status).toBe(400)
    expect(await creditsOf(shop.db, userId)).toBe(2)

    // The longest that is allowed fits, and what Postgres can't store is left out.
    const longest = { title: '😀'.repeat(120), body: '🍬'.repeat(9_999), request: 'form-0001' }
    const sent = await send(ann, '/ask', { ...longest, body: `${longest.body}\0\ud800` })
    expect(sent.status).toBe(303)
    expect(await ann.read(sent.headers.get('location')!)).toContain(longest.body)
    // Back, changed and sent again: that is another question, and asked only when they say so again.
    const changed = await ann.post('/ask', { ...longest, body: 'Another', request: 'form-0001' })
    expect(changed.status).toBe(409)
    const form = await changed.text()
    expect(form).toContain('Another')
    expect(await creditsOf(shop.db, userId)).toBe(1)
    const request = /name="request" value="([^"]+)"/.exec(form)![1]!
    expect((await ann.post('/ask', { ...longest, body: 'Another', request })).status).toBe(303)
    expect(await creditsOf(shop.db, userId)).toBe(0)
    expect((await ann.post('/ask', { ...QUESTION, request }, { origin: 'https://evil.example' })).status).toBe(403)
  })

  test('a member asks freely, but not all day; an account that is deleted leaves nothing of its questions', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    await buy(shop, ann, 'question-1')
    await buy(shop, ann, 'member-30-days', {}, 'alipay')
    expect(await ann.read('/ask')).toContain('ask whenever you like')
    const forms = Array.from({ length: 20 }, (_, i) => ({ ...QUESTION, request: `form-${1000 + i}` }))
    for (const form of forms) expect((await ann.post('/ask', form)).status).toBe(303)
    expect(await creditsOf(shop.db, userId)).toBe(1)
    const tooMany = await ann.post('/ask', { ...QUESTION, request: 'form-2000' })
    expect(tooMany.status).toBe(429)
    expect(await tooMany.text()).toContain('It hangs at `select`')

    const owner = await shop.owner('en')
    const { id } = await shop.db.selectFrom('questions').select('id').limit(1).executeTakeFirstOrThrow()
    await owner.post(`/dashboard/questions/${id}`, { body: 'Use an index, Ann.', request: 'form-0003' })
    await shop.quiet()
    const data = await (await ann.get('/account/data.json')).json()
    expect(data.questions).toHaveLength(20)
    const [question] = data.questions.filter((one: { id: string }) => one.id === id)
    expect(question).toMatchObject({ title: QUESTION.title, state: 'answered' })
    expect(question.messages).toMatchObject([
      { author: 'asker', body: QUESTION.body },
      { author: 'owner', body: 'Use an index, Ann.' },
    ])
    expect(JSON.stringify(data)).not.toContain('owner@example.com')

    const gone = await ann.post('/account/delete', { sure: 'yes', confirm: 'yes', email: 'ann@example.com' })
    expect(gone.status).toBe(303)
    await shop.quiet()
    for (const table of ['questions', 'question_messages', 'credit_uses'] as const) {
      expect(await shop.db.selectFrom(table).selectAll().execute()).toEqual([])
    }
    const mails = JSON.stringify(await shop.db.selectFrom('mails').selectAll().execute())
    expect(mails).not.toMatch(/hangs|index, Ann|ann@example/)
  })

  test('by the API: the same key asks once, without a credit it says where to buy, and others’ questions are not there', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    const api = apiOf(shop, userId)
    const body = { title: 'By API', body: 'Is it **up**?' }
    expect(await api.post(body, undefined)).toMatchObject({ status: 400, type: 'application/problem+json' })
    expect(await api.post(body, 'key-1')).toEqual({
      status: 402,
      type: 'application/problem+json',
      json: expect.objectContaining({ title: 'Payment Required', status: 402, buy: 'http://localhost:3000/' }),
    })
    await buy(shop, ann, 'question-1')
    expect(await api.post({ title: '', body: 'x' }, 'key-1')).toMatchObject({ status: 422, json: { status: 422 } })
    const [asked, again] = await Promise.all([api.post(body, 'key-1'), api.post(body, 'key-1')])
    expect(asked).toMatchObject({
      status: 201,
      json: { title: 'By API', state: 'waiting', messages: [{ author: 'asker' }] },
    })
    expect(again).toEqual(asked)
    expect(await api.post({ ...body, title: 'Other' }, 'key-1')).toMatchObject({ status: 409 })
    expect(await api.post(body, 'key-2')).toMatchObject({ status: 402 })
    const { id } = asked.json
    const { paths, components } = api.description()
    expect(Object.keys(paths!)).toEqual(['/questions', '/questions/{id}'])
    expect(components!.schemas!.NewQuestion).toMatchObject({
      required: ['title', 'body'],
      properties: { title: { type: 'string', maxLength: 120, example: expect.any(String) } },
    })
    expect((await api.get('/questions')).json).toMatchObject({ data: [{ id, url: `http://localhost:3000/ask/${id}` }] })
    expect((await api.get(`/questions/${id}`)).json).toEqual(asked.json)

    const strangerId = await proveAddress(shop, shop.visitor(), 'stranger@example.com')
    const stranger = apiOf(shop, strangerId)
    expect((await stranger.get('/questions')).json).toEqual({ data: [] })
    expect(await stranger.get(`/questions/${id}`)).toMatchObject({ status: 404, type: 'application/problem+json' })
    expect(await stranger.get('/questions/%00')).toMatchObject({ status: 404 })
  })

  test('routes of any service are opened by a plan, or by a credit', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    const site = (as?: string) =>
      new Hono()
        .use(signedInAs(as))
        .get('/plan', requirePlan(shop, 'member'), (c) => c.text('inside'))
        .get('/credit', requireCredit(shop), (c) => c.text('inside'))
        .get('/either', requireCredit(shop, 'member'), (c) => c.text('inside'))
    const statuses = async (as?: string) =>
      Promise.all(['/plan', '/credit', '/either'].map(async (path) => (await site(as).request(path)).status))

    expect(await statuses()).toEqual([402, 402, 402])
    expect(await statuses(userId)).toEqual([402, 402, 402])
    const page = await (await site().request('/plan')).text()
    expect(page).toContain('action="/checkout/member-month"')
    expect(page).not.toContain('action="/checkout/question-1"')
    expect(page).toContain('href="/sign-in?return=%2Fplan"')
    const json = await site(userId).request('/credit', { headers: { accept: 'application/json' } })
    expect(json.headers.get('content-type')).toBe('application/problem+json')
    expect(await json.json()).toMatchObject({ status: 402, buy: 'http://localhost:3000/' })
    await buy(shop, ann, 'question-1')
    expect(await statuses(userId)).toEqual([402, 200, 200])
    await buy(shop, ann, 'member-30-days')
    expect(await statuses(userId)).toEqual([200, 200, 200])
  })
})

onPostgres('a paid question', (database) => {
  test('ten different questions at once on one credit: one is asked, nine are told to buy, and none is half done', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    await buy(shop, ann, 'question-1')
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => ann.post('/ask', { ...QUESTION, request: `form-${1000 + i}` })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(9).fill(402)])
    expect(await creditsOf(shop.db, userId)).toBe(0)
    expect(await questionCount(shop)).toBe(1)
    expect(await shop.db.selectFrom('credit_uses').selectAll().execute()).toHaveLength(1)
    expect(await shop.db.selectFrom('question_messages').selectAll().execute()).toHaveLength(1)
  })
})

async function buy(
  shop: Shop,
  visitor: Visitor,
  price: string,
  form: Record<string, string> = {},
  method: 'card' | 'alipay' = 'card',
): Promise<void> {
  const sent = await visitor.post(`/checkout/${price}`, { request: crypto.randomUUID(), ...form })
  await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')), { email: 'ann@example.com', method })
  await shop.quiet()
}

/** As the page's form sends it: long texts don't fit otherwise. */
function send(visitor: Visitor, path: string, form: Record<string, string>): Promise<Response> {
  const body = new FormData()
  for (const [name, value] of Object.entries(form)) body.set(name, value)
  return visitor.post(path, body)
}

async function questionCount(shop: Shop): Promise<number> {
  return (await shop.db.selectFrom('questions').select('id').execute()).length
}

const signedInAs = (userId: string | undefined) =>
  createMiddleware(async (c, next) => {
    c.set('locale', 'en')
    if (userId) {
      const user = { userId, email: 'ann@example.com', emailVerified: true, locale: null }
      c.set('user', { ...user, sessionHash: '', signedInAt: new Date() })
    }
    await next()
  })

/** The API as src/api mounts it, with somebody who has shown their key. */
function apiOf(shop: Shop, userId: string) {
  const limits = createLimits(shop.connection.pool, shop.config)
  const api = questionApi({ ...shop, limits, features: [] })
  const app = new Hono().use(signedInAs(userId)).route('/', api)
  const answer = async (path: string, init?: RequestInit) => {
    const response = await app.request(path, init)
    return { status: response.status, type: response.headers.get('content-type'), json: await response.json() }
  }
  return {
    description: () => api.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'API', version: '1' } }),
    get: (path: string) => answer(path),
    post: (body: unknown, key: string | undefined) =>
      answer('/questions', {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
      }),
  }
}

test('Markdown stays about as long as it was written, whatever was written', () => {
  const header = `|${'a|'.repeat(300)}\n|${'-|'.repeat(300)}\n`
  const worst = [
    header + '|\n'.repeat(3000),
    '> '.repeat(5000),
    '- '.repeat(5000),
    '*_'.repeat(5000),
    '[a]('.repeat(2500),
  ]
  for (const text of worst) expect(String(rendered(text.slice(0, 10_000))).length).toBeLessThan(150_000)
  expect(String(rendered('**bold** and `code`'))).toContain('<strong>bold</strong>')
})

/** Thanks for an answer: the button's own form, straight to Stripe. Who comes back unpaid is at their question. */
async function tipInOneClick(shop: Shop, ann: Visitor, path: string, page: string): Promise<void> {
  const form = /<form method="post" action="\/tip".*?<\/form>/s.exec(page)![0]
  expect([...form.matchAll(/name="amount" value="(\d+)"/g)].map(([, amount]) => amount)).toEqual([
    '660',
    '1660',
    '6600',
  ])
  const request = /name="request" value="([^"]+)"/.exec(form)![1]!
  const fields = { amount: '1660', request, message: `Thanks for answering “${QUESTION.title}”`, back: path }
  expect(form).toContain(`name="back" value="${path}"`)
  const [sent, twice] = await Promise.all([ann.post('/tip', fields), ann.post('/tip', fields)])
  const session = sessionIdOf(sent.headers.get('location'))
  expect(sessionIdOf(twice.headers.get('location'))).toBe(session)
  const { cancel_url } = await shop.stripe.checkout.sessions.retrieve(session)
  expect(cancel_url).toBe(`http://localhost:3000${path}`)
  const away = await ann.post('/tip', { ...fields, request: 'form-9999', back: '//evil.example' })
  const other = await shop.stripe.checkout.sessions.retrieve(sessionIdOf(away.headers.get('location')))
  expect(other.cancel_url).toBe('http://localhost:3000/tip')
  await shop.sandbox.pay(session, { email: 'ann@example.com' })
  await shop.quiet()
  const tips = shop.db.selectFrom('payments').select(['amount', 'message']).where('kind', '=', 'tip')
  expect(await tips.execute()).toEqual([{ amount: 1660, message: fields.message }])
  await ann.post(`${path}/rating`, { helped: 'no' })
  expect(await (await ann.get(path)).text()).not.toContain('action="/tip"')
}
