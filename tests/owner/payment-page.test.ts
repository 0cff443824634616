import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { buy } from '../support/buy.ts'
import { onBothDatabases } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop, type Shop } from '../support/shop.ts'

const pageOf = (id: string) => `/dashboard/payments/${id}`

onBothDatabases('the page of a payment', (database) => {
  test('has what Stripe told of it, of its refund too, and of no other', async () => {
    const shop = await openShop(database)
    await shop.tip({}, { email: 'ann@example.com' })
    await shop.tip({}, { email: 'bob@example.com' })
    await shop.quiet()
    const ann = await paymentOf(shop, 'ann@example.com')
    await shop.stripe.refunds.create({ payment_intent: ann, amount: 100 })
    await shop.quiet()
    const owner = await shop.owner('en')
    const page = await owner.read(pageOf(ann))
    expect(page).toMatch(/messages from Stripe.*payment_intent\.succeeded by webhook · .* · booked .*charge\.refunded/)
    expect(await owner.read(pageOf(await paymentOf(shop, 'bob@example.com')))).not.toContain('refund')
    // Folded, and nothing of what was said is shown.
    expect(await (await owner.get(pageOf(ann))).text()).toMatch(/<details><summary><h2>\d+ messages from Stripe/)
    expect((await shop.visitor().get(pageOf(ann))).headers.get('location')).toContain('/sign-in')
  })

  test('leads to what can be mended when a message is not booked, or a mail not sent', async () => {
    const shop = await openShop(database)
    await shop.tip({}, { email: 'ann@example.com' })
    await shop.quiet()
    const ann = await paymentOf(shop, 'ann@example.com')
    const owner = await shop.owner('en')
    expect(await (await owner.get(pageOf(ann))).text()).not.toContain('href="/dashboard/health">Receipt')

    const told = { type: 'charge.updated', object_id: ann, livemode: false, payload: '{}', created_at: new Date() }
    await shop.db
      .insertInto('inbox')
      .values([
        { ...told, id: 'evt_failed', via: 'poll', failures: 2, error: 'Error: <b>away</b>', next_try_at: later() },
        { ...told, id: 'evt_waits', via: 'webhook', next_try_at: later() },
        { ...told, id: 'evt_dismissed', via: 'webhook', failures: 1, error: 'Error: old', applied_at: new Date() },
      ])
      .execute()
    await shop.db
      .updateTable('mails')
      .set({ sent_at: null, failed_at: new Date(), error: 'No such mailbox' })
      .where('payment_id', '=', ann)
      .where('recipient', '=', 'ann@example.com')
      .execute()
    const html = await (await owner.get(pageOf(ann))).text()
    expect(html).toContain('<details open="">')
    expect(html).toContain('href="/dashboard/health">charge.updated')
    expect(html).toContain('href="/dashboard/health">Receipt')
    expect(html).not.toContain('<b>away')
    const page = await owner.read(pageOf(ann))
    expect(page).toMatch(/fetched · .* · not booked: Error: <b>away<\/b>/)
    expect(page).toContain('waiting to be booked')
    expect(page).toContain('dismissed by you')
    expect(page).toContain('not delivered: No such mailbox')
  })

  test('says what it opened, and what of that was taken back, as the rights see it', async () => {
    const shop = await openShop(database)
    const credits = await buy(shop, shop.visitor(), 'question-5')
    const pass = await buy(shop, shop.visitor(), 'member-30-days')
    const owner = await shop.owner('en')
    expect(await owner.read(pageOf(credits))).toMatch(/Opened 5 questions (?!,)/)
    expect(await owner.read(pageOf(pass))).toMatch(/Opened Membership for 30 days (?!,)/)

    await shop.stripe.refunds.create({ payment_intent: credits, amount: 1200 })
    await shop.stripe.refunds.create({ payment_intent: pass, amount: 600 })
    await shop.quiet()
    expect(await owner.read(pageOf(credits))).toContain('5 questions, of which 2 questions taken back')
    // Half a pass can't be given back.
    expect(await owner.read(pageOf(pass))).not.toContain('taken back')

    for (const payment_intent of [credits, pass]) await shop.stripe.refunds.create({ payment_intent })
    await shop.quiet()
    expect(await owner.read(pageOf(credits))).toContain('Opened 5 questions, taken back')
    expect(await owner.read(pageOf(pass))).toContain('Opened Membership for 30 days, taken back')
  })

  test('of somebody who is forgotten has nobody’s name, in what Stripe told neither', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    const id = await buy(shop, ann, 'question-1')
    await shop.db.updateTable('mails').set({ recipient: 'old@example.com' }).where('payment_id', '=', id).execute()
    await ann.post('/account/delete', { sure: 'yes', confirm: 'yes', email: 'ann@example.com' })
    await shop.quiet()
    const owner = await shop.owner('en')
    const page = await owner.read(pageOf(id))
    expect(page).toContain('The customer deleted their account')
    expect(page).toMatch(/Receipt .*messages from Stripe/)
    expect(page).not.toMatch(/(ann|old)@example/)
  })

  test('an entry by hand has one as well, with its receipt, and can be taken back there', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const entry = { amount: '30', received: '2026-03-02', name: 'Ann', email: 'ann@example.com', price: 'question-5' }
    await owner.post('/dashboard/offline', { ...entry, description: 'Five, for tea', request: crypto.randomUUID() })
    await shop.quiet()
    // In the owner's words, in both lists, and both lead there.
    for (const list of ['/dashboard', '/dashboard/payments', '/dashboard/offline']) {
      expect(await (await owner.get(list)).text(), list).toMatch(
        new RegExp(`href="${pageOf('offline-1')}">\\s*Five, for tea`),
      )
    }
    const page = await owner.read(pageOf('offline-1'))
    expect(page).toMatch(/Paid Five, for tea ¥30\.00.*Ann · ann@example\.com.*Take back/)
    expect(page).toMatch(/Paid with Offline.*Opened 5 questions (?!,)/)
    expect(page).toMatch(/Received March 2, 2026.*You entered it.*Receipt .*ann@example\.com/)

    const receipt = (await shop.mails()).find(({ to }) => to === 'ann@example.com')
    expect(receipt!.text).toContain('Five, for tea')

    await owner.post('/dashboard/offline/1/take-back', {})
    const after = await (await owner.get(pageOf('offline-1'))).text()
    const [, reversal] = /href="(\/dashboard\/payments\/offline-\d+)">You took it back/.exec(after)!
    expect(after).toContain('5 questions, taken back')
    expect(after).not.toContain('take-back')
    expect(await (await owner.get(reversal!)).text()).toContain(`href="${pageOf('offline-1')}">It takes this one back`)
    expect(await owner.read(reversal!)).not.toContain('Take back')

    for (const id of ['offline-99', 'offline-0', 'offline-999999999999999', 'offline-x', 'offline--1']) {
      expect((await owner.get(pageOf(id))).status, id).toBe(404)
    }
    expect((await shop.visitor().get(pageOf('offline-1'))).headers.get('location')).toContain('/sign-in')
  })

  test('what a customer said to have paid tells so', async () => {
    const picture = 'favicon.svg'
    const paymentCodes = [{ key: 'wechat', name: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, picture }]
    const shop = await openShop(database, { paymentCodes })
    const guest = shop.visitor('en')
    const form = { email: 'ann@example.com', code: 'ACDEFH', amount: '660' }
    expect((await guest.post('/offline/tip-660?code=ACDEFH', form)).status).toBe(303)
    const { id } = await shop.db.selectFrom('offline_claims').select('id').executeTakeFirstOrThrow()
    const owner = await shop.owner('en')
    await owner.post(`/dashboard/offline/claims/${id}/confirm`, {})
    expect(await owner.read(pageOf('offline-1'))).toMatch(/said they had paid .* · ACDEFH.*You confirmed it/)
  })
})

onBothDatabases('the health page', (database) => {
  test('says what runs here, and how large the database is', async () => {
    const shop = await openShop(database)
    const page = await (await shop.owner('en')).read('/dashboard/health')
    expect(page).toContain(`Node ${process.versions.node}`)
    expect(page).toContain(`Stripe’s API ${Stripe.API_VERSION}`)
    expect(page).toMatch(/Postgres \(embedded\) 1\d\.\d.*Size of the database [1-9][\d.]* MB/)
  })
})

async function paymentOf(shop: Shop, email: string): Promise<string> {
  const { id } = await shop.db.selectFrom('payments').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  return id
}

const later = () => new Date(Date.now() + 3_600_000)
