import { expect, test } from 'vitest'
import { onPostgres } from './support/databases.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'

const MINUTE = 60_000

onPostgres('a payment request in a race', (database) => {
  test('cancelled while it is being opened: no page at Stripe stays open', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    for (let round = 0; round < 6; round++) {
      const id = await ask(owner)
      const payers = [shop.visitor('en'), shop.visitor('zh-CN')]
      const cancelled = owner.post(`/dashboard/requests/${id}/cancel`, {})
      const answers = await Promise.all(payers.map((payer) => payer.post(`/pay/${id}`, {})))
      expect((await cancelled).status).toBe(303)
      for (const { status } of answers) expect([303, 410]).toContain(status)
      expect((await shop.visitor().get(`/pay/${id}`)).status).toBe(410)
      expect((await shop.stripe.checkout.sessions.list({ status: 'open' })).data).toEqual([])
    }
  })

  test('opened by many at once, in two languages: one page at Stripe stays open, and everybody is on it', async () => {
    const shop = await openShop(database)
    const id = await ask(await shop.owner('en'))
    const payers = Array.from({ length: 6 }, (_, n) => shop.visitor(n % 2 ? 'en' : 'zh-CN'))
    const answers = await Promise.all(payers.map((payer) => payer.post(`/pay/${id}`, {})))
    const sessions = new Set(answers.map((answer) => sessionIdOf(answer.headers.get('location'))))
    const open = await shop.stripe.checkout.sessions.list({ status: 'open' })
    expect(open.data.map((session) => session.id)).toEqual([...sessions])
  })

  test('cancelled while it is being paid: paid or cancelled, the page and the books agree', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    for (let round = 0; round < 6; round++) {
      const id = await ask(owner)
      const session = sessionIdOf((await shop.visitor('en').post(`/pay/${id}`, {})).headers.get('location'))
      const [paid] = await Promise.all([
        shop.sandbox.pay(session).then(
          () => true,
          () => false,
        ),
        owner.post(`/dashboard/requests/${id}/cancel`, {}),
      ])
      await shop.quiet()
      const rows = await shop.db.selectFrom('payments').select('status').where('request_id', '=', id).execute()
      expect(rows).toEqual(paid ? [{ status: 'paid' }] : [])
      expect((await shop.visitor('en').get(`/pay/${id}`)).status).toBe(paid ? 200 : 410)
    }
  })

  test('that ends soon is open at Stripe no longer than it must', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    for (const [left, open] of [
      [5, 31],
      [90, 90],
      [48 * 60, 24 * 60],
    ] as const) {
      const id = await ask(owner)
      const end = new Date(Date.now() + left * MINUTE)
      await shop.db.updateTable('payment_requests').set({ expires_at: end }).where('id', '=', id).execute()
      const sent = await shop.visitor('en').post(`/pay/${id}`, {})
      const session = await shop.stripe.checkout.sessions.retrieve(sessionIdOf(sent.headers.get('location')))
      expect(Math.abs(session.expires_at * 1000 - (Date.now() + open * MINUTE))).toBeLessThan(20_000)
    }
  })
})

async function ask(owner: Awaited<ReturnType<Shop['owner']>>): Promise<string> {
  const form = { amount: '66', currency: 'cny', description: 'The login', lifetime: '7', request: crypto.randomUUID() }
  const sent = await owner.post('/dashboard/requests', form)
  return sent.headers.get('location')!.split('/').at(-1)!
}
