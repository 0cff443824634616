import type Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { catalog } from '../../src/catalog.ts'
import { reconcile } from '../../src/payments/reconcile/reconcile.ts'
import { creditsOf } from '../../src/payments/rights.ts'
import { costOf } from '../../src/payments/subscription-cost.ts'
import { sync } from '../../src/payments/sync.ts'
import { onBothDatabases } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'

const DAY = 86_400_000

onBothDatabases('whichever object leads to it,', (database) => {
  test('a one-off with an invoice is read whole by its invoice, too', async () => {
    sellWith({ invoices: true })
    const shop = await openShop(database, { webhooks: false })
    const id = await sessionOf(shop, 'question-5')
    await shop.sandbox.pay(id)
    const [invoice] = (await shop.stripe.invoices.list({ limit: 1 })).data
    await sync(shop, invoice!.id!)
    expect(await shop.db.selectFrom('payments').select(['kind', 'credits', 'status', 'invoice_id']).execute()).toEqual([
      { kind: 'purchase', credits: 5, status: 'paid', invoice_id: null },
    ])
  })

  test('what a code made free opens what it opens, with a receipt, and is in no sum', async () => {
    sellWith({ promotionCodes: true })
    const shop = await openShop(database)
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: 'once' })
    await shop.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'GIFT' })
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'payer@example.com')
    const id = await sessionOf(shop, 'question-5', ann)
    const { redirect } = await shop.sandbox.pay(id, { promotionCode: 'GIFT' })
    expect(await ann.read(redirect.replace('http://localhost:3000', ''))).toMatch(/Thank you|arrived/)
    await shop.quiet()
    expect(await creditsOf(shop.db, userId)).toBe(5)
    expect(await shop.db.selectFrom('payments').select(['id', 'amount', 'status']).execute()).toEqual([
      { id, amount: 0, status: 'paid' },
    ])
    expect((await shop.mails()).filter(({ subject }) => subject.includes('receipt'))).toHaveLength(1)
    const owner = await shop.owner('en')
    expect(await owner.read(`/dashboard/payments/${id}`)).toContain('¥0.00')
    expect(await reconcile(shop, { since: null })).toMatchObject({ unexplained: 0, healed: 0 })
  })

  test('a movement that comes before its charge tells of it is not pending as well', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    const [transaction] = (await shop.stripe.balanceTransactions.list()).data
    const list = shop.stripe.checkout.sessions.list.bind(shop.stripe.checkout.sessions)
    shop.stripe.checkout.sessions.list = (async (...args: Parameters<typeof list>) => {
      const page = await list(...args)
      const intent = page.data[0]!.payment_intent as Stripe.PaymentIntent
      Object.assign(intent.latest_charge as object, { balance_transaction: null })
      return page
    }) as never
    await sync(shop, transaction!.id)
    expect(await shop.db.selectFrom('payments').select('balance_transaction_id').execute()).toEqual([
      { balance_transaction_id: transaction!.id },
    ])
  })

  test('who never pays after a trial was no subscriber', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'payer@example.com')
    const id = await sessionOf(shop, 'member-month', ann)
    await shop.sandbox.pay(id)
    await shop.quiet()
    const [payer] = await shop.db.selectFrom('subscriptions').select(['id', 'customer_id']).execute()
    const { items, metadata } = await shop.stripe.subscriptions.retrieve(payer!.id)
    const trial = await shop.stripe.subscriptions.create({
      customer: payer!.customer_id,
      items: [{ price: items.data[0]!.price.id }],
      trial_period_days: 3,
      metadata,
    })
    await shop.sandbox.dunning.set({ retryDays: [], afterwards: 'cancel' })
    await shop.sandbox.failNextPayment(payer!.customer_id, 3)
    await shop.sandbox.clock.advance(4 * DAY)
    await shop.quiet()
    const rows = await shop.db.selectFrom('subscriptions').select(['id', 'status', 'began_at']).execute()
    expect(rows.find((row) => row.id === trial.id)).toEqual({ id: trial.id, status: 'canceled', began_at: null })
    expect(rows.find((row) => row.id === payer!.id)!.began_at).not.toBeNull()
  })
})

test('the month of what is billed apart, in parts of a cent, or in another currency', () => {
  const item = (price: object, quantity = 1) => ({ price: { currency: 'cny', ...price }, quantity })
  const month = item({ unit_amount: 3300, recurring: { interval: 'month', interval_count: 1 } })
  const year = item({ unit_amount: 12_000, recurring: { interval: 'year', interval_count: 1 } })
  const off = { source: { coupon: { id: 'c', duration: 'forever', amount_off: 1200, currency: 'cny' } } }
  const mrr = (items: object[], discounts: object[] = []) =>
    costOf({ items: { data: items }, discounts, currency: 'cny' } as unknown as Stripe.Subscription).mrr
  // 3,300 − 1,200 a month, and 12,000 / 12.
  expect(mrr([month, year], [{ id: 'd', ...off }])).toBe(3100)
  const tiny = { unit_amount: null, unit_amount_decimal: '0.5', recurring: { interval: 'month', interval_count: 1 } }
  expect(mrr([item(tiny, 1001)])).toBe(501)
  expect(mrr([item({ ...month.price, currency: 'usd' })])).toBe(0)
})

function sellWith(settings: Partial<typeof catalog.checkout>): void {
  const before = { ...catalog.checkout }
  Object.assign(catalog.checkout, settings)
  onTestFinished(() => void Object.assign(catalog.checkout, before))
}

async function sessionOf(shop: Shop, price: string, visitor = shop.visitor('en')): Promise<string> {
  const sent = await visitor.post(`/checkout/${price}`, { request: crypto.randomUUID() })
  return sessionIdOf(sent.headers.get('location'))
}
