import { expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { openShop, sessionIdOf } from '../support/shop.ts'
import { textOf } from '../support/visitor.ts'

onBothDatabases('the first ¥6.6', (database) => {
  test('a guest tips, gets a receipt, and the owner sees it as the first payment', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    expect(await guest.read('/')).toContain('¥6.6')

    const form = { amount: '660', own: '', name: '小林', message: '终于不报错了，谢谢！', request: 'form-0001' }
    const sent = await guest.post('/tip', form)
    expect(sent.status).toBe(303)
    const sessionId = sessionIdOf(sent.headers.get('location'))
    expect(await guest.read(`/thanks?session_id=${sessionId}`)).not.toContain('谢谢')

    const { redirect } = await shop.sandbox.pay(sessionId, { email: 'Payer@Example.com' })
    // No webhook has come yet: the page asks Stripe itself.
    const thanks = await guest.read(redirect.replace('http://localhost:3000', ''))
    expect(thanks).toContain('¥6.60')
    expect(thanks).not.toContain('payer@example.com')

    await shop.quiet()
    const mails = await shop.mails()
    expect(mails.map(({ to }) => to).sort()).toEqual(['owner@example.com', 'payer@example.com'])
    const receipt = mails.find(({ to }) => to === 'payer@example.com')!
    expect(receipt.text).toContain('¥6.60')
    expect(mails.find(({ to }) => to === 'owner@example.com')!.subject).toMatch(/¥6\.60/)

    const dashboard = await (await shop.owner()).read('/dashboard')
    expect(dashboard).toContain('终于不报错了，谢谢！')
    expect(dashboard).toMatch(/收款 ¥6\.60/)
    expect(dashboard).toContain('第一笔 ¥6.60')
  })

  test('in English, too', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en-GB,en;q=0.9')
    const page = await guest.read('/tip')
    expect(page).toContain('Did it help? Send a tip.')
    const sent = await guest.post('/tip', { own: '8.88', name: 'Ann', message: 'It works!', request: 'form-0002' })
    const { redirect } = await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')), { email: 'ann@example.com' })
    expect(await guest.read(redirect.replace('http://localhost:3000', ''))).toContain('¥8.88')
    await shop.quiet()
    const receipt = (await shop.mails()).find(({ to }) => to === 'ann@example.com')!
    expect(receipt.subject).toMatch(/receipt/i)
    const dashboard = await (await shop.owner('en')).read('/dashboard')
    expect(dashboard).toMatch(/Gross ¥8\.88/)
    expect(dashboard).toContain('It works!')
  })

  test('net is gross less the fee, once Stripe has told it; until then the fee is pending, not zero', async () => {
    const shop = await openShop(database, { settleAfterMs: 3_600_000 })
    const { redirect } = await shop.tip()
    await shop.visitor().get(redirect)
    const owner = await shop.owner()
    expect(await owner.read('/dashboard')).toMatch(/手续费 待定/)

    await shop.quiet()
    const [settled] = (await shop.stripe.balanceTransactions.list()).data
    const books = await shop.db.selectFrom('balance_transactions').selectAll().execute()
    expect(books).toMatchObject([{ id: settled!.id, amount: 660, fee: settled!.fee, net: 660 - settled!.fee }])
    expect(await owner.read('/dashboard')).not.toMatch(/待定/)
  })

  test('alipay and wechat pay, too: their balance transactions are of type payment', async () => {
    const shop = await openShop(database)
    await shop.tip({}, { method: 'alipay' })
    await shop.tip({}, { method: 'wechat_pay' })
    await shop.quiet()
    const methods = await shop.db.selectFrom('payments').select('method').orderBy('method').execute()
    expect(methods.map(({ method }) => method)).toEqual(['alipay', 'wechat_pay'])
    const books = await shop.db.selectFrom('balance_transactions').select('type').execute()
    expect(books.map(({ type }) => type)).toEqual(['payment', 'payment'])
  })

  test('a declined card leaves nothing behind, and the same page takes another card', async () => {
    const shop = await openShop(database)
    const sent = await shop.visitor().post('/tip', { amount: '660', request: 'form-0003' })
    const sessionId = sessionIdOf(sent.headers.get('location'))
    const declined = await shop.sandbox.pay(sessionId, { card: '4000000000000002', email: 'payer@example.com' })
    expect(declined.status).toBe('declined')
    await shop.quiet()
    expect(await shop.db.selectFrom('payments').selectAll().execute()).toEqual([])
    expect(await shop.mails()).toEqual([])

    await shop.sandbox.pay(sessionId, { email: 'payer@example.com' })
    await shop.quiet()
    expect(await shop.db.selectFrom('payments').select('status').execute()).toEqual([{ status: 'paid' }])
  })

  test('what people write is shown as they wrote it, and runs nowhere', async () => {
    const shop = await openShop(database)
    const evil = '<script>alert(1)</script>"\'&\u0000=1+1'
    await shop.tip({ name: evil, message: evil })
    await shop.quiet()
    const owner = await shop.owner()
    const html = await (await owner.get('/dashboard')).text()
    expect(html).not.toContain('<script>alert')
    expect(textOf(html)).toContain('<script>alert(1)</script>"\'&=1+1')
    for (const mail of await shop.mails()) expect(mail.html).not.toContain('<script>')
  })
})
