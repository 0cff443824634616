import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { onBothDatabases, onPostgres } from './support/databases.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'
import { textOf } from './support/visitor.ts'

const FORM = { amount: '66', currency: 'cny', description: 'The <b>login</b> works again', lifetime: '7' }
const form = (more = {}) => ({ ...FORM, request: crypto.randomUUID(), ...more })

onBothDatabases('a payment request', (database) => {
  test('is a link and a QR code; whoever pays it is thanked, and the owner sees who and how much, once', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const { page, path } = await ask(owner, { customer: 'Lin' })
    expect(await owner.read('/dashboard/requests')).toMatch(
      /¥6\.6 ¥4\.\d\d \(¥2\.\d\d\).*¥66 .*¥660 .*no payment below ¥6,/,
    )
    // What came back counts, in its own currency; beside what is left, below Stripe's least is refused with the least.
    const yen = await owner.post('/dashboard/requests', form({ amount: '500', currency: 'jpy', description: '' }))
    expect([yen.status, textOf(await yen.text())]).toEqual([
      422,
      expect.stringMatching(/¥500 ¥\d+ \(¥\d+\).*below ¥50,/),
    ])
    const small = await owner.post('/dashboard/requests', form({ amount: '5.99' }))
    expect([small.status, textOf(await small.text())]).toEqual([422, expect.stringContaining('no less than ¥6.00')])
    expect(page).toContain(`http://localhost:3000${path}`)
    expect(page).toContain(qrPath(`http://localhost:3000${path}`))
    expect(page).toMatch(/About ¥[\d.]+ is left by card/)
    expect(page).toContain('The &lt;b&gt;login&lt;/b&gt; works again')

    const guest = shop.visitor('en')
    const offer = await (await guest.get(path)).text()
    expect(offer).toMatch(/¥66\.00/)
    expect(offer).toContain('noindex')
    expect(offer).not.toContain('Lin')
    const session = sessionIdOf((await guest.post(path, {})).headers.get('location'))
    await shop.sandbox.pay(session, { email: 'lin@example.com' })
    await shop.quiet()

    const after = await shop.visitor('en').get(path)
    expect(after.status).toBe(200)
    const text = await after.text()
    expect(text).toContain('It is paid')
    expect(text).not.toMatch(/lin@example|Continue to payment/)
    expect(await owner.read('/dashboard/requests')).toMatch(/Paid · .* · by lin@example\.com/)
    const payments = await shop.db.selectFrom('payments').select(['kind', 'amount', 'status']).execute()
    expect(payments).toEqual([{ kind: 'request', amount: 6600, status: 'paid' }])
    expect((await guest.post(path, {})).status).toBe(200)
  })

  test('that is cancelled or over can’t be paid, also by whoever is on the page at Stripe already', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const { id, path } = await ask(owner)
    const session = sessionIdOf((await shop.visitor().post(path, {})).headers.get('location'))
    expect((await owner.post(`/dashboard/requests/${id}/cancel`, {})).status).toBe(303)
    await expect(shop.sandbox.pay(session)).rejects.toThrow('not open')
    expect((await shop.visitor().get(path)).status).toBe(410)
    expect((await shop.visitor().post(path, {})).status).toBe(410)

    const late = await ask(owner)
    await shop.db
      .updateTable('payment_requests')
      .set({ expires_at: new Date(0) })
      .where('id', '=', late.id)
      .execute()
    expect((await shop.visitor('en').get(late.path)).status).toBe(410)
    expect((await shop.visitor('en').post(late.path, {})).status).toBe(410)
    expect((await shop.visitor().get('/pay/nobody')).status).toBe(404)
  })

  test('that was paid stays paid, even if it is cancelled before we have heard of it', async () => {
    const shop = await openShop(database, { webhooks: false })
    const owner = await shop.owner('en')
    const { id, path } = await ask(owner)
    const session = sessionIdOf((await shop.visitor().post(path, {})).headers.get('location'))
    await shop.sandbox.pay(session)
    await owner.post(`/dashboard/requests/${id}/cancel`, {})
    expect(await owner.read(`/dashboard/requests/${id}`)).toContain('Paid')
    expect(await (await shop.visitor('en').get(path)).text()).toContain('It is paid')
  })

  test('is in the data of whoever paid it, and loses their name with their account', async () => {
    const shop = await openShop(database)
    const { path } = await ask(await shop.owner(), { customer: 'Lin' })
    const lin = shop.visitor('en')
    await shop.sandbox.pay(sessionIdOf((await lin.post(path, {})).headers.get('location')), {
      email: 'lin@example.com',
    })
    await shop.quiet()
    await lin.post('/sign-in/email', { email: 'lin@example.com' })
    await shop.quiet()
    const mail = (await shop.mails()).find(({ subject }) => /Sign in/.test(subject))
    await lin.post('/sign-in/link', { token: /token=([\w-]+)/.exec(mail!.text)![1]! })
    const data = (await (await lin.get('/account/data.json')).json()) as { requests: unknown }
    expect(data.requests).toMatchObject([{ description: FORM.description, amount: '66.00', customer: 'Lin' }])

    expect((await lin.post('/account/delete', { email: 'lin@example.com' })).status).toBe(303)
    const kept = await shop.db.selectFrom('payment_requests').select(['customer_name', 'amount']).execute()
    expect(kept).toEqual([{ customer_name: null, amount: 6600 }])
  })

  test('whose page at Stripe has closed gets another', async () => {
    const shop = await openShop(database)
    const { path } = await ask(await shop.owner())
    const first = sessionIdOf((await shop.visitor().post(path, {})).headers.get('location'))
    await shop.sandbox.clock.advance(25 * 3_600_000)
    const second = sessionIdOf((await shop.visitor().post(path, {})).headers.get('location'))
    expect(second).not.toBe(first)
    await shop.sandbox.pay(second)
    await shop.quiet()
    expect(await shop.visitor('en').read(path)).toContain('It is paid')
  })

  test('needs an amount that Stripe takes and a reason; what was typed stays; strangers have no such page', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    for (const amount of ['', '0', '-6', '6.666', 'abc', '５', '5', '99999999999']) {
      const answer = await owner.post('/dashboard/requests', form({ amount }))
      expect(answer.status, amount).toBe(422)
      expect(await answer.text()).toContain('login')
    }
    expect((await owner.post('/dashboard/requests', form({ description: ' ' }))).status).toBe(422)
    expect((await owner.post('/dashboard/requests', form({ description: 'x'.repeat(121) }))).status).toBe(422)
    expect((await owner.post('/dashboard/requests', form({ currency: 'xxx' }))).status).toBe(400)
    expect((await owner.post('/dashboard/requests', form({ lifetime: '9' }))).status).toBe(400)
    expect((await owner.get('/dashboard/requests/nobody')).status).toBe(404)
    expect((await shop.visitor().get('/dashboard/requests')).headers.get('location')).toMatch(/^\/sign-in/)

    const twice = form()
    await Promise.all([owner.post('/dashboard/requests', twice), owner.post('/dashboard/requests', twice)])
    expect((await shop.db.selectFrom('payment_requests').select('id').execute()).length).toBe(1)
  })
})

onPostgres('two who pay one request at once', (database) => {
  test('meet on one page at Stripe: one is charged, the other is told that it is paid', async () => {
    const shop = await openShop(database)
    const { path } = await ask(await shop.owner())
    const payers = [shop.visitor('en'), shop.visitor('zh-CN'), shop.visitor('en')]
    const sent = await Promise.all(payers.map((payer) => payer.post(path, {})))
    const sessions = new Set(sent.map((answer) => sessionIdOf(answer.headers.get('location'))))
    const outcomes = await Promise.allSettled(
      sent.map((answer, n) =>
        shop.sandbox.pay(sessionIdOf(answer.headers.get('location')), { email: `p${n}@example.com` }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    expect(sessions.size).toBe(1)
    await shop.quiet()
    expect((await shop.stripe.charges.list()).data.filter(({ paid }) => paid).length).toBe(1)
    expect((await shop.db.selectFrom('payments').select('id').where('status', '=', 'paid').execute()).length).toBe(1)
    expect(await payers[0]!.read(path)).toContain('It is paid')
  })
})

async function ask(owner: Awaited<ReturnType<Shop['owner']>>, more = {}) {
  const sent = await owner.post('/dashboard/requests', form(more))
  const id = /\/dashboard\/requests\/(\w+)$/.exec(sent.headers.get('location') ?? '')?.[1]
  expect(id, `${sent.status}`).toBeDefined()
  const page = await (await owner.get(`/dashboard/requests/${id}`)).text()
  return { id: id!, path: `/pay/${id}`, page }
}

/** The dark modules of the code, row by row, as a path. */
function qrPath(url: string): string {
  const { data } = encode(url, { ecc: 'M', border: 4 })
  return data
    .flatMap((row, y) =>
      row.flatMap((dark, x) => {
        if (!dark || row[x - 1]) return []
        const length = row.slice(x).findIndex((next) => !next)
        return `M${x} ${y}h${length}v1h-${length}z`
      }),
    )
    .join('')
}
