import { expect, test } from 'vitest'
import { GRACE_DAYS, rightsOf } from '../../src/payments/rights.ts'
import { sync } from '../../src/payments/sync.ts'
import { onBothDatabases, type TestDatabase } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'
import type { Visitor } from '../support/visitor.ts'

const DAY = 86_400_000

onBothDatabases('a member', (database) => {
  test('subscribes, sees "paid" at once, and gets a receipt for each period', async () => {
    const { shop, ann, userId, redirect } = await withMember(database)
    expect(await ann.read(redirect)).toMatch(/¥33\.00.*arrived/)
    await shop.quiet()
    expect(await plansOf(shop, userId)).toEqual(['member'])
    expect(await ann.read('/account')).toMatch(/Membership, renews on/)

    const { id } = await subscriptionOf(shop)
    for (let i = 0; i < 2; i++) {
      await shop.sandbox.renew(id)
      await shop.quiet()
    }
    const payments = await shop.db
      .selectFrom('payments')
      .select(['kind', 'amount', 'subscription_id', 'status'])
      .execute()
    expect(payments).toEqual(Array(3).fill({ kind: 'subscription', amount: 3300, subscription_id: id, status: 'paid' }))
    const fees = await shop.db.selectFrom('payments').select('balance_transaction_id').execute()
    expect(fees.every(({ balance_transaction_id }) => balance_transaction_id)).toBe(true)
    expect(await mailsAbout(shop, 'receipt')).toBe(3)
    expect(await plansOf(shop, userId)).toEqual(['member'])
  })

  test('whose renewal fails keeps access for the grace, is told once, and recovers', async () => {
    const { shop, ann, userId } = await withMember(database)
    await shop.quiet()
    const { id, customer_id } = await subscriptionOf(shop)
    await shop.sandbox.failNextPayment(customer_id)
    await shop.sandbox.renew(id)
    await shop.quiet()
    const late = await subscriptionOf(shop)
    expect(late.status).toBe('past_due')
    expect(await plansOf(shop, userId)).toEqual(['member'])
    const graceEnds = new Date(late.period_start.getTime() + GRACE_DAYS * DAY)
    expect((await rightsOf(shop.db, userId, graceEnds)).plans).toEqual([])
    expect(await mailsAbout(shop, 'payment-failed')).toBe(1)
    expect((await ann.get('/account')).status).toBe(200)

    await shop.sandbox.replaceCard(customer_id)
    await shop.quiet()
    expect((await subscriptionOf(shop)).status).toBe('active')
    expect(await plansOf(shop, userId)).toEqual(['member'])
    expect(await mailsAbout(shop, 'payment-failed')).toBe(1)
    expect(await mailsAbout(shop, 'receipt')).toBe(2)
  })

  test('who cancels keeps what is paid to the end of the period, and is told when it is over', async () => {
    const { shop, userId } = await withMember(database)
    await shop.quiet()
    const { id, period_end } = await subscriptionOf(shop)
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await shop.quiet()
    expect((await rightsOf(shop.db, userId)).plans).toEqual([{ plan: 'member', until: period_end }])

    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: false })
    await shop.quiet()
    expect((await subscriptionOf(shop)).ends_at).toBeNull()

    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true })
    await shop.sandbox.clock.advance(32 * DAY)
    await shop.quiet()
    expect((await subscriptionOf(shop)).status).toBe('canceled')
    expect(await plansOf(shop, userId)).toEqual([])
    expect(await mailsAbout(shop, 'ended')).toBe(1)
  })

  test('who switches the plan at Stripe has the new one', async () => {
    const { shop } = await withMember(database)
    await shop.quiet()
    const { id } = await subscriptionOf(shop)
    const { stripePriceId } = await import('../../src/payments/stripe-prices.ts')
    const { catalog } = await import('../../src/catalog.ts')
    const yearly = catalog.products[1]!.prices.find(({ key }) => key === 'member-year')!
    const price = await stripePriceId(shop.stripe, yearly, 'en')
    const [item] = (await shop.stripe.subscriptions.retrieve(id)).items.data
    await shop.stripe.subscriptions.update(id, { items: [{ id: item!.id, price }] })
    await shop.quiet()
    expect(await subscriptionOf(shop)).toMatchObject({
      price_key: 'member-year',
      plan: 'member',
      every: 'year',
      amount: 33_000,
    })
    const paid = shop.db.selectFrom('payments').select(['price_key', 'amount']).orderBy('amount')
    expect((await paid.execute()).map(({ price_key }) => price_key)).toEqual(['member-month', 'member-year'])
  })

  test('can not subscribe to the same twice, and reaches the portal', async () => {
    const { shop, ann } = await withMember(database)
    await shop.quiet()
    const again = await ann.post('/checkout/member-year', { request: 'form-0001' })
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('already have Membership')
    expect(await (await ann.get('/account')).text()).toContain('action="/portal"')
    const portal = await ann.post('/portal', {})
    expect(portal.headers.get('location')).toMatch(/\/sandbox\/portal\//)
    expect((await shop.visitor().post('/portal', {})).headers.get('location')).toMatch(/^\/sign-in/)
  })

  test('whose account goes is unsubscribed first, and stays forgotten', async () => {
    const { shop, ann } = await withMember(database)
    await shop.quiet()
    expect((await ann.post('/account/delete', { email: 'ann@example.com' })).status).toBe(303)
    await shop.quiet()
    const { id, status, email } = await subscriptionOf(shop)
    expect({ status, email }).toEqual({ status: 'canceled', email: null })
    expect((await shop.stripe.subscriptions.retrieve(id)).status).toBe('canceled')
  })

  test('is told the same whatever order the news come in, and how often', async () => {
    const { shop, userId } = await withMember(database)
    await shop.quiet()
    const { id, customer_id } = await subscriptionOf(shop)
    await shop.sandbox.chaos.set({ duplicate: true, reorder: true })
    await shop.sandbox.failNextPayment(customer_id)
    await shop.sandbox.renew(id)
    await shop.sandbox.replaceCard(customer_id)
    await shop.sandbox.renew(id)
    await shop.quiet()
    const payments = await shop.db.selectFrom('payments').select('invoice_id').execute()
    expect(payments.length).toBe(3)
    expect(await mailsAbout(shop, 'receipt')).toBe(3)
    expect(await plansOf(shop, userId)).toEqual(['member'])
    // Read once more, nothing changes: the same invoice under another event counts once.
    for (const { invoice_id } of payments) await sync({ ...shop }, invoice_id!)
    await shop.quiet()
    expect(await mailsAbout(shop, 'receipt')).toBe(3)
  })
})

async function withMember(database: TestDatabase) {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  await ann.post('/sign-in/email', { email: 'ann@example.com' })
  await shop.quiet()
  const [mail] = await shop.mails()
  await ann.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
  const { id: userId } = await shop.db.selectFrom('users').select('id').executeTakeFirstOrThrow()
  return { shop, ann, userId, redirect: await subscribe(shop, ann) }
}

async function subscribe(shop: Shop, visitor: Visitor): Promise<string> {
  const sent = await visitor.post('/checkout/member-month', { request: crypto.randomUUID() })
  const { redirect } = await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')))
  return redirect.replace('http://localhost:3000', '')
}

function subscriptionOf(shop: Shop) {
  return shop.db.selectFrom('subscriptions').selectAll().executeTakeFirstOrThrow()
}

async function plansOf(shop: Shop, userId: string): Promise<string[]> {
  const { plans } = await rightsOf(shop.db, userId, new Date(await shop.sandbox.clock.now()))
  return plans.map(({ plan }) => plan)
}

async function mailsAbout(shop: Shop, what: string): Promise<number> {
  const mails = await shop.db.selectFrom('mails').select('message').where('recipient', '=', 'ann@example.com').execute()
  return mails.filter(
    ({ message }) => message.template === what || ('what' in message.props && message.props.what === what),
  ).length
}
