import { expect, test } from 'vitest'
import { buy } from './support/buy.ts'
import { onBothDatabases } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop } from './support/shop.ts'

onBothDatabases('a receipt', (database) => {
  test('is for whoever paid: linked from the mail and the account, with what was given back; nobody else finds it', async () => {
    const shop = await openShop(database)
    const id = await buy(shop, shop.visitor('en'), 'question-1', { quantity: '3', email: 'ann@example.com' })
    const path = `/account/receipts/${id}`
    const mail = (await shop.mails()).find(({ to }) => to === 'ann@example.com')
    expect(mail!.text).toContain(`http://localhost:3000${path}`)
    expect(mail!.html).toContain(`href="http://localhost:3000${path}"`)
    expect((await shop.visitor('en').get(path)).headers.get('location')).toBe(
      `/sign-in?return=${encodeURIComponent(path)}`,
    )

    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    expect(await (await ann.get('/account')).text()).toContain(`href="${path}"`)
    const receipt = await ann.read(path)
    for (const said of [
      'Ask an engineer',
      'owner@example.com',
      'ann@example.com',
      'Questions · One question',
      '¥19.80',
      'CNY',
      'Card',
      id,
    ]) {
      expect(receipt).toContain(said)
    }
    expect(receipt).toMatch(/Quantity 3/)
    expect(receipt).not.toContain('Refunded')
    expect(await ann.read(`${path}?lang=zh-CN`)).toMatch(/收据.*提问 · 一次提问.*银行卡/)

    await shop.stripe.refunds.create({ payment_intent: id, amount: 660 })
    await shop.quiet()
    expect(await ann.read(`${path}?lang=en`)).toMatch(/Amount ¥19\.80 CNY Refunded −¥6\.60 CNY Paid in the end ¥13\.20/)

    const bob = shop.visitor('en')
    await proveAddress(shop, bob, 'bob@example.com')
    for (const stranger of [bob, await shop.owner('en')]) expect((await stranger.get(path)).status).toBe(404)
    for (const nothing of ['pi_nothing', 'offline-1', 'offline-999999999999999', 'x'.repeat(200)]) {
      expect((await ann.get(`/account/receipts/${nothing}`)).status).toBe(404)
    }
  })

  test('of money that came by hand is there until it is taken back', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const today = new Intl.DateTimeFormat('sv-SE', { timeZone: shop.config.timeZone }).format()
    const entry = {
      amount: '66',
      received: today,
      name: 'Ann <b>',
      email: 'ann@example.com',
      description: 'A long call',
    }
    await owner.post('/dashboard/offline', { ...entry, price: '', request: 'form-0001' })
    const { id } = await shop.db.selectFrom('offline_entries').select('id').executeTakeFirstOrThrow()
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    const html = await (await ann.get(`/account/receipts/offline-${id}`)).text()
    expect(html).toContain('A long call')
    expect(html).toContain('Ann &lt;b&gt; · ann@example.com')
    expect(html).toContain('¥66.00')
    await owner.post(`/dashboard/offline/${id}/take-back`, {})
    expect((await ann.get(`/account/receipts/offline-${id}`)).status).toBe(404)
  })
})
