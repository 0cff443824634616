import { expect, test } from 'vitest'
import { onBothDatabases } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

onBothDatabases('the supporters’ page', (database) => {
  test('names who ticked the box and nobody else, escaped; the owner hides and shows them again', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    expect(await guest.read('/supporters')).toContain('waits for its first name')
    const form = await (await guest.get('/tip')).text()
    expect(form).toMatch(/<input type="checkbox" name="wall" value="yes"\/>/)

    const id = await tip(shop, { name: '<b>Ann</b>', message: 'It "works" & <i>well</i>', wall: 'yes' })
    await tip(shop, { name: 'Shy Sam', message: 'Only for you' })
    const html = await (await guest.get('/supporters')).text()
    expect(html).toContain('&lt;b&gt;Ann&lt;/b&gt;')
    expect(html).toContain('It &quot;works&quot; &amp; &lt;i&gt;well&lt;/i&gt;')
    expect(html).toMatch(new RegExp(`[A-Z][a-z]+ ${new Date().getFullYear()}`))
    expect(html).not.toMatch(/<b>|<i>|Sam|Only for you|payer@example|¥/)

    const owner = await shop.owner('en')
    expect(await owner.read(`/dashboard/payments/${id}`)).toContain('On the supporters’ page')
    const hide = `/dashboard/supporters/${id}/hide?from=payment`
    expect((await shop.visitor().post(hide, {})).status).toBe(302)
    expect(await guest.read('/supporters')).toContain('Ann')
    for (let twice = 0; twice < 2; twice++) {
      expect((await owner.post(hide, {})).headers.get('location')).toBe(`/dashboard/payments/${id}`)
    }
    expect(await guest.read('/supporters')).not.toContain('Ann')
    expect(await owner.read('/dashboard/supporters')).toMatch(/Ann.*Hidden.*Show/)
    await owner.post(`/dashboard/supporters/${id}/show`, {})
    expect(await guest.read('/supporters')).toContain('Ann')
    for (const nobody of ['pi_nothing', 'offline-1', 'offline-99999999999999999999']) {
      expect((await owner.post(`/dashboard/supporters/${nobody}/hide`, {})).status, nobody).toBe(404)
    }
    expect((await shop.visitor().post('/tip', { amount: '660', wall: 'maybe', request: 'form-0001' })).status).toBe(400)
    const again = await guest.post('/tip', { own: 'x', wall: 'yes', request: 'form-0001' })
    expect(await again.text()).toMatch(/name="wall" value="yes" checked/)
  })

  test('loses who was refunded, who went to their bank, and who deleted their account', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    const refunded = await tip(shop, { name: 'Rex', wall: 'yes' })
    const disputed = await tip(shop, { name: 'Dora', wall: 'yes' }, { card: '4000000000000259' })
    const leaving = await tip(shop, { name: 'Leo', wall: 'yes' }, { email: 'leo@example.com' })
    await tip(shop, { name: 'Stella', wall: 'yes' })
    const before = await guest.read('/supporters')
    for (const name of ['Rex', 'Leo', 'Stella']) expect(before).toContain(name)
    await shop.stripe.refunds.create({ payment_intent: refunded, amount: 100 })
    await shop.sandbox.clock.advance(3_600_000)
    await shop.quiet()
    const dispute = await shop.db.selectFrom('disputes').select('id').where('payment_id', '=', disputed).execute()
    expect(dispute).toHaveLength(1)
    expect(await guest.read('/supporters')).not.toMatch(/Rex|Dora/)

    const leo = shop.visitor('en')
    await proveAddress(shop, leo, 'leo@example.com')
    expect(await guest.read('/supporters')).toContain('Leo')
    await leo.post('/account/delete', { email: 'leo@example.com' })
    // Stripe still knows; that it is read again brings nobody back.
    await shop.stripe.paymentIntents.update(leaving, { metadata: { note: 'changed' } })
    await shop.quiet()
    const left = await guest.read('/supporters')
    expect(left).toContain('Stella')
    expect(left).not.toMatch(/Leo|A supporter/)
  })

  test('names who paid by code, once the owner has seen the money, until it is taken back', async () => {
    const paymentCodes = [{ key: 'wechat', name: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, picture: 'og.png' }]
    const shop = await openShop(database, { env: { STRIPE_SECRET_KEY: 'none' }, paymentCodes, webhooks: false })
    const guest = shop.visitor('en')
    for (const [name, wall] of [
      ['Ann', 'yes'],
      ['Sam', undefined],
    ] as const) {
      const sent = await guest.post('/tip', {
        amount: '660',
        name,
        ...(wall && { wall }),
        request: crypto.randomUUID(),
      })
      const html = await follow(guest, sent.headers.get('location')!)
      expect(html.includes('name="wall" value="yes" checked')).toBe(wall === 'yes')
      const code = /name="code" value="(\w+)"/.exec(html)![1]!
      await guest.post('/offline/tip-660', {
        code,
        amount: '660',
        email: `${name.toLowerCase()}@example.com`,
        name,
        ...(wall && { wall }),
      })
    }
    expect(await guest.read('/supporters')).not.toMatch(/Ann|Sam/)
    const owner = await shop.owner('en')
    for (const { id } of await shop.db.selectFrom('offline_claims').select('id').execute()) {
      await owner.post(`/dashboard/offline/claims/${id}/confirm`, {})
    }
    const wall = await guest.read('/supporters')
    expect(wall).toContain('Ann')
    expect(wall).not.toContain('Sam')
    const entry = await shop.db
      .selectFrom('offline_entries')
      .select('id')
      .where('name', '=', 'Ann')
      .executeTakeFirstOrThrow()
    await owner.post(`/dashboard/supporters/offline-${entry.id}/hide`, {})
    expect(await guest.read('/supporters')).not.toContain('Ann')
    await owner.post(`/dashboard/supporters/offline-${entry.id}/show`, {})
    await owner.post(`/dashboard/offline/${entry.id}/take-back`, {})
    expect(await guest.read('/supporters')).not.toContain('Ann')
  })
})

/** Tips and pays; returns the payment's id. */
async function tip(shop: Shop, form: Record<string, string>, how = {}): Promise<string> {
  const sent = await shop.visitor().post('/tip', { amount: '660', request: crypto.randomUUID(), ...form })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await shop.sandbox.pay(sessionId, { email: 'payer@example.com', ...how })
  await shop.quiet()
  return (await shop.stripe.checkout.sessions.retrieve(sessionId)).payment_intent as string
}

/** The page at the end of the redirects. */
async function follow(visitor: Visitor, path: string): Promise<string> {
  const answer = await visitor.get(path)
  const next = answer.headers.get('location')
  return next ? follow(visitor, next) : answer.text()
}
