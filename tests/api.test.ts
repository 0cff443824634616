import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { sweepExpired } from '../src/auth/sweep.ts'
import { onBothDatabases, onPostgres } from './support/databases.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'
import { textOf, type Visitor } from './support/visitor.ts'

const PROBLEM = 'application/problem+json'
const QUESTION = { title: 'By API', body: 'Is it **up**?' }

onBothDatabases('an API key', (database) => {
  test('is shown once, opens the API and nothing else, is seen on the account page, and is revoked', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    const form = { name: '<script>alert(1)</script>', request: 'form-0001' }
    const made = await ann.post('/account/keys', form)
    expect(made.status).toBe(200)
    expect(made.headers.get('cache-control')).toContain('no-store')
    const page = await made.text()
    const key = /fpu_[\w-]{43}/.exec(page)![0]
    expect(page).toContain('only time')
    // The same form again: no second key, and the first is not told.
    expect((await ann.post('/account/keys', form)).headers.get('location')).toBe('/account')
    expect(JSON.stringify(await shop.db.selectFrom('api_keys').selectAll().execute())).not.toContain(key)

    const account = await (await ann.get('/account')).text()
    expect(account).not.toContain(key)
    expect(account).not.toContain('<script>alert')
    expect(textOf(account)).toMatch(/<script>alert\(1\)<\/script> Revoke fpu_\S{4}….*never used/)
    const me = await call(shop, key, '/me')
    expect(me).toMatchObject({ status: 200, json: { email: 'ann@example.com', plans: [], credits: 0 } })
    expect(me.headers.get('cache-control')).toBe('no-store')
    expect(await ann.read('/account')).toContain('used just now')
    const used = await shop.db.selectFrom('api_keys').select('last_used_at').execute()
    await call(shop, key, '/me')
    expect(await shop.db.selectFrom('api_keys').select('last_used_at').execute()).toEqual(used)

    const data = await (await ann.get('/account/data.json')).json()
    expect(data.apiKeys).toMatchObject([{ name: form.name, prefix: key.slice(0, 8), createdAt: expect.any(String) }])
    expect(Object.keys(data.apiKeys[0])).toEqual(['name', 'prefix', 'createdAt', 'lastUsedAt'])

    const wrong = [
      await call(shop, undefined, '/me'),
      await call(shop, `fpu_${'x'.repeat(43)}`, '/me'),
      await call(shop, `${key} `.repeat(2), '/me'),
    ]
    const [{ id }] = (await shop.db.selectFrom('api_keys').select('id').execute()) as [{ id: number }]
    const stranger = await customer(shop, 'stranger@example.com')
    expect((await stranger.post('/account/keys/revoke', { id: String(id) })).status).toBe(404)
    expect((await call(shop, key, '/me')).status).toBe(200)
    expect((await ann.post('/account/keys/revoke', { id: String(id) })).status).toBe(303)
    wrong.push(await call(shop, key, '/me'))
    for (const { status, type, headers, json } of wrong) {
      expect({ status, type, json }).toEqual({ status: 401, type: PROBLEM, json: wrong[0]!.json })
      expect(headers.get('www-authenticate')).toBe('Bearer')
    }
    const byCookie = await ann.get('/api/v1/me')
    expect([byCookie.status, byCookie.headers.get('content-type')]).toEqual([401, PROBLEM])
    expect((await ann.post('/account/keys', { name: 'x'.repeat(61), request: 'form-0002' })).status).toBe(422)
    expect((await ann.post('/account/keys', { name: '\0', request: '' })).status).toBe(400)
  })

  test('asks a question once: the same request is answered again, another one refused, and without a credit told to buy', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    const key = await newKey(ann)
    const ask = (body: unknown, idempotencyKey?: string) => call(shop, key, '/questions', post(body, idempotencyKey))
    expect(await ask(QUESTION)).toMatchObject({ status: 400, type: PROBLEM })
    expect(await ask(QUESTION, 'one')).toMatchObject({ status: 402, type: PROBLEM, json: { buy: expect.any(String) } })
    await buyCredit(shop, ann)
    expect((await call(shop, key, '/me')).json).toMatchObject({ credits: 1 })
    const asked = await ask(QUESTION, 'one')
    expect(asked).toMatchObject({ status: 201, json: { title: 'By API' } })
    expect(asked.headers.get('idempotent-replayed')).toBeNull()
    const again = await ask(QUESTION, 'one')
    expect(again).toMatchObject({ status: 201, type: asked.type, json: asked.json })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await ask({ ...QUESTION, title: 'Other' }, 'one')).toMatchObject({ status: 409, type: PROBLEM })
    expect((await call(shop, key, '/questions')).json).toMatchObject({ data: [{ id: asked.json.id }] })
    const [wrong, wrongAgain] = [await ask({ title: '' }, 'two'), await ask({ title: '' }, 'two')]
    expect([wrong.status, wrongAgain.status]).toEqual([422, 422])
    expect(wrongAgain.headers.get('idempotent-replayed')).toBe('true')

    // As a process leaves it that dies on the way: under way for a minute, then free to the same request alone.
    const row = shop.db.updateTable('api_requests').where('key', '=', 'one')
    await row.set({ status: null, claimed_at: new Date() }).execute()
    const underWay = await ask(QUESTION, 'one')
    expect(underWay.status).toBe(409)
    expect(Number(underWay.headers.get('retry-after'))).toBeGreaterThan(0)
    await row.set({ claimed_at: new Date(Date.now() - 61_000) }).execute()
    expect(await ask({ ...QUESTION, title: 'Other' }, 'one')).toMatchObject({ status: 409 })
    expect(await ask(QUESTION, 'one')).toMatchObject({ status: 201, json: { id: asked.json.id } })
    expect(await shop.db.selectFrom('credit_uses').selectAll().execute()).toHaveLength(1)

    await row.set({ created_at: new Date(Date.now() - 25 * 3_600_000) }).execute()
    await sweepExpired(shop.db)
    expect(await shop.db.selectFrom('api_requests').select('key').execute()).toEqual([{ key: 'two' }])

    const gone = await ann.post('/account/delete', { email: 'ann@example.com' })
    expect(gone.status).toBe(303)
    expect((await call(shop, key, '/me')).status).toBe(401)
    for (const table of ['api_keys', 'api_requests'] as const) {
      expect(await shop.db.selectFrom(table).selectAll().execute()).toEqual([])
    }
  })

  test('every error is a problem document, whatever was sent, and csrf stops no program', async () => {
    const shop = await openShop(database)
    const key = await newKey(await customer(shop, 'ann@example.com'))
    expect(await call(shop, key, '/nothing')).toMatchObject({ status: 404, type: PROBLEM, json: { status: 404 } })
    const raw = (body: string, contentType: string, idempotencyKey: string) =>
      call(shop, key, '/questions', {
        method: 'POST',
        body,
        headers: {
          'content-type': contentType,
          'idempotency-key': idempotencyKey,
          origin: 'https://elsewhere.example',
        },
      })
    expect(await raw('{', 'application/json', 'a')).toMatchObject({ status: 400, type: PROBLEM })
    expect(await raw('title=x', 'application/x-www-form-urlencoded', 'b')).toMatchObject({ status: 415, type: PROBLEM })
    expect(await raw(`"${'x'.repeat(70_000)}"`, 'application/json', 'c')).toMatchObject({ status: 413, type: PROBLEM })
    expect(await raw('{}', 'application/json', 'not visible')).toMatchObject({ status: 400, type: PROBLEM })
    const statuses: number[] = []
    let last = await call(shop, key, '/me')
    for (; last.status === 200 && statuses.length < 200; last = await call(shop, key, '/me')) statuses.push(last.status)
    expect(last).toMatchObject({ status: 429, type: PROBLEM })
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('is needed by every operation that the description lists, and the page explains how', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    const description = await (await guest.get('/api/openapi.json')).json()
    expect(description).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'http://localhost:3000' }] })
    const operations = Object.entries(description.paths as Record<string, Record<string, Operation>>).flatMap(
      ([path, item]) => Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
    )
    expect(operations.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['get /api/v1/me', 'post /api/v1/questions', 'get /api/v1/questions/{id}']),
    )
    const docs = { en: await guest.read('/api'), zh: await shop.visitor().read('/api') }
    for (const { method, path, operation } of operations) {
      expect(operation.security).toEqual([{ key: [] }])
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '429']))
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
      for (const text of [docs.en, docs.zh]) expect(text).toContain(`${method.toUpperCase()} ${path}`)
      expect(docs.en).toContain(operation.summary)
      expect(docs.zh).toContain(operation['x-zh-CN'])
      expect(operation['x-zh-CN']).toMatch(/\p{Script=Han}/u)
      const unknown = await guest.get(path)
      expect(unknown.status).toBe(401)
    }
    expect(description.components.securitySchemes.key).toMatchObject({ type: 'http', scheme: 'bearer' })
    const refs = [...JSON.stringify(description).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!.split('/'))
    expect(refs.length).toBeGreaterThan(5)
    for (const path of refs) expect(path.reduce((node, name) => node?.[name], description)).toBeTypeOf('object')
    expect(docs.en).toContain('curl http://localhost:3000/api/v1/me')
    expect(docs.zh).toContain('先拿一个密钥')
  })

  test('each curl of the page, read by a shell and sent with a key, is answered as the page says', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    const key = await newKey(ann)
    await buyCredit(shop, ann)
    const examples = examplesOf(await (await shop.visitor('en').get('/api')).text())
    expect(examples).toHaveLength(4)
    const asking = examples.find(({ curl }) => curl.includes('-d '))!
    const asked = await sendCurl(shop, asking.curl, key)
    expect(asked.json).toMatchObject({ title: asking.answer.title, state: 'waiting' })
    for (const { curl, status, answer } of examples) {
      const got = curl === asking.curl ? asked : await sendCurl(shop, curl.replace('/ID', `/${asked.json.id}`), key)
      expect(String(got.status)).toBe(status)
      expect(Object.keys(got.json).sort()).toEqual(Object.keys(answer).sort())
    }
  })

  test('each problem of the page is what is really answered', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    const key = await newKey(ann)
    const ask = (body: unknown, idempotencyKey?: string) => call(shop, key, '/questions', post(body, idempotencyKey))
    const answers = [await ask(QUESTION), await call(shop, undefined, '/me'), await ask(QUESTION, 'one')]
    await buyCredit(shop, ann)
    await ask(QUESTION, 'one')
    answers.push(await call(shop, key, '/questions/none'), await ask({ ...QUESTION, title: 'Other' }, 'one'))
    answers.push(await ask({ ...QUESTION, title: '' }, 'two'))
    let last = answers[0]!
    for (let n = 0; last.status !== 429 && n < 200; n++) last = await call(shop, key, '/me')
    answers.push(last)

    const page = await (await shop.visitor('en').get('/api')).text()
    const documents = preformatted(page.slice(page.indexOf('When it does not work')))
    expect(answers.map(({ json }) => json)).toEqual(documents.map((text) => JSON.parse(text)))
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 402, 404, 409, 422, 429])
    const description = await (await shop.visitor().get('/api/openapi.json')).json()
    const described = Object.values(description.paths).flatMap((item) =>
      Object.values(item as Record<string, Operation>).flatMap(({ responses }) => Object.keys(responses)),
    )
    const problems = new Set(described.filter((status) => !status.startsWith('2')).map(Number))
    expect([...problems].sort()).toEqual(answers.map(({ status }) => status))
  })

  test('there are at most twenty, each made within ten minutes of a sign-in', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    for (let n = 0; n < 20; n++) await newKey(ann)
    const full = await ann.post('/account/keys', { name: 'one more', request: crypto.randomUUID() })
    expect(full.status).toBe(422)
    const page = await full.text()
    expect(textOf(page)).toContain('You have 20 keys')
    expect(page).toContain('value="one more"')
    expect(await shop.db.selectFrom('api_keys').select('id').execute()).toHaveLength(20)

    await shop.db.deleteFrom('api_keys').execute()
    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 11 * 60_000) })
      .execute()
    const stale = await ann.post('/account/keys', { request: crypto.randomUUID() })
    expect(stale.headers.get('location')).toMatch(/^\/sign-in\?.*again=1/)
    expect(await ann.read('/account')).toContain('To make a key, please sign in once more')
    expect(await shop.db.selectFrom('api_keys').select('id').execute()).toEqual([])
  })
})

onPostgres('an API key', (database) => {
  test('ten times the same request at once is one question and one credit', async () => {
    const shop = await openShop(database)
    const ann = await customer(shop, 'ann@example.com')
    const key = await newKey(ann)
    await buyCredit(shop, ann)
    await buyCredit(shop, ann)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(shop, key, '/questions', post(QUESTION, 'at-once'))),
    )
    const first = answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotent-replayed'))
    expect(first).toHaveLength(1)
    for (const { status, json } of answers) {
      if (status === 201) expect(json).toEqual(first[0]!.json)
      else expect([status, json.detail]).toEqual([409, expect.stringContaining('under way')])
    }
    expect(await shop.db.selectFrom('questions').select('id').execute()).toHaveLength(1)
    expect((await call(shop, key, '/me')).json).toMatchObject({ credits: 1 })
  })

  test('what nobody expected is a 500 that says nothing of the inside', async () => {
    const shop = await openShop(database)
    const key = await newKey(await customer(shop, 'ann@example.com'))
    await shop.db.schema.alterTable('api_keys').renameTo('away').execute()
    expect(await call(shop, key, '/me')).toMatchObject({
      status: 500,
      type: PROBLEM,
      json: { status: 500, detail: expect.not.stringContaining('api_keys') },
    })
    await shop.db.schema.alterTable('away').renameTo('api_keys').execute()
    expect((await call(shop, key, '/me')).status).toBe(200)
  })
})

/** Each call of the page, and what it says of the answer. */
function examplesOf(page: string) {
  const [calls = ''] = page.split('When it does not work')
  const statuses = [...calls.matchAll(/Answers (\d{3})/g)].map(([, status]) => status!)
  const blocks = preformatted(calls)
  return statuses.map((status, n) => ({ status, curl: blocks[2 * n]!, answer: JSON.parse(blocks[2 * n + 1]!) }))
}

function preformatted(page: string): string[] {
  const blocks = [...page.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code>/g)].map(([, text]) => text!)
  const marks: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return blocks.map((text) => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, mark) => marks[mark]!))
}

/** As if typed into a shell, with a key of one's own; the rest is sent as it stands. */
function sendCurl(shop: Shop, curl: string, key: string) {
  const shell = `curl() { printf '%s\\0' "$@"; }; uuidgen() { echo ${crypto.randomUUID()}; }; ${curl}`
  const typed = execFileSync('sh', ['-c', shell.replace('fpu_…', key)], { encoding: 'utf8' })
  const [address = '', ...rest] = typed.split('\0').slice(0, -1)
  const headers = new Headers()
  let body: string | undefined
  for (let n = 0; n < rest.length; n += 2) {
    const [flag, value = ''] = rest.slice(n, n + 2)
    if (flag === '-H') headers.append(...(value.split(': ', 2) as [string, string]))
    else if (flag === '-d') body = value
    else throw new Error(`curl ${flag}?`)
  }
  const init = { headers, ...(body && { method: 'POST', body }) }
  expect(address).toMatch(/^http:\/\/localhost:3000\/api\/v1\//)
  return call(shop, undefined, address.replace('http://localhost:3000/api/v1', ''), init)
}

interface Operation {
  summary: string
  'x-zh-CN': string
  responses: Record<string, unknown>
  security: unknown
}

async function customer(shop: Shop, email: string): Promise<Visitor> {
  const visitor = shop.visitor('en')
  await visitor.post('/sign-in/email', { email })
  await shop.quiet()
  const [mail] = (await shop.mails()).filter(({ to }) => to === email)
  await visitor.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
  return visitor
}

async function newKey(visitor: Visitor): Promise<string> {
  const made = await visitor.post('/account/keys', { request: crypto.randomUUID() })
  return /fpu_[\w-]{43}/.exec(await made.text())![0]
}

async function buyCredit(shop: Shop, visitor: Visitor): Promise<void> {
  const sent = await visitor.post('/checkout/question-1', { request: crypto.randomUUID() })
  await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')), { email: 'ann@example.com' })
  await shop.quiet()
}

/** As a program calls: no cookie, no Origin. */
async function call(shop: Shop, key: string | undefined, path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers)
  if (key) headers.set('authorization', `Bearer ${key}`)
  const socket = { incoming: { socket: { remoteAddress: '192.0.2.7' } } }
  const answer = await shop.app.request(`/api/v1${path}`, { ...init, headers }, socket)
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    headers: answer.headers,
    json: await answer.json(),
  }
}

function post(body: unknown, idempotencyKey?: string): RequestInit {
  const headers = { 'content-type': 'application/json', ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) }
  return { method: 'POST', body: JSON.stringify(body), headers }
}
