import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { payingTime } from '../../src/payments/paying-time.ts'
import { monthly } from '../../src/payments/subscription-cost.ts'
import { sync } from '../../src/payments/sync.ts'
import {
  lastThirtyDays,
  lifetimeValue,
  monthlyMovements,
  paidSoFar,
  subscribedCurrencies,
  subscribersNow,
} from '../../src/revenue/subscribers.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openShop, type Shop } from '../support/shop.ts'

const DAY = 86_400_000
const MONTHLY = { unit_amount: 3300, currency: 'cny', recurring: { interval: 'month' } } as const
const YEARLY = { unit_amount: 33_000, currency: 'cny', recurring: { interval: 'year' } } as const

test('a month of any period, rounded once, half up', () => {
  const of = (amount: number, every: Parameters<typeof monthly>[0]['every'], every_count = 1) =>
    monthly({ amount, every, every_count })
  expect(of(3300, 'month')).toBe(3300)
  expect(of(33_000, 'year')).toBe(2750) // 33,000 ÷ 12
  expect(of(10_000, 'month', 3)).toBe(3333) // 3,333.33
  expect(of(70_000, 'year', 2)).toBe(2917) // 70,000 ÷ 24 = 2,916.67
  expect(of(1000, 'week')).toBe(4333) // 1,000 × 52 ÷ 12 = 4,333.33
  expect(of(100, 'day')).toBe(3042) // 100 × 365 ÷ 12 = 3,041.67
  expect(of(18, 'year')).toBe(2) // 1.5
  expect(of(99_999_999, 'day')).toBe(3_041_666_636) // 3,041,666,636.25
})

onBothDatabases('what the owner reads of subscribers', (database) => {
  test('MRR: yearly, discounts, past due and trials, each currency apart', async () => {
    const shop = await openShop(database, { webhooks: false })
    const hal = await subscribe(shop, 'hal@example.com')
    await shop.sandbox.failNextPayment(hal.customer as string)
    await shop.sandbox.renew(hal.id) // past due: 3,300 all the same
    const half = { percent_off: 50 }
    await subscribe(shop, 'ann@example.com') // 3,300
    await subscribe(shop, 'ben@example.com', { price: YEARLY }) // 33,000 ÷ 12 = 2,750
    await subscribe(shop, 'cat@example.com', { trial_period_days: 14 }) // nothing yet
    await subscribe(shop, 'dan@example.com', { price: { ...MONTHLY, unit_amount: 900, currency: 'usd' } })
    await subscribe(shop, 'eve@example.com', { coupon: { ...half, duration: 'forever' } }) // 1,650
    await subscribe(shop, 'fay@example.com', { coupon: { ...half, duration: 'once' } }) // 3,300
    await subscribe(shop, 'guy@example.com', { coupon: { ...half, duration: 'repeating', duration_in_months: 3 } }) // 3,300
    const off = { amount_off: 3000, currency: 'cny', duration: 'forever' } as const
    await subscribe(shop, 'ida@example.com', { price: YEARLY, coupon: off }) // 30,000 ÷ 12 = 2,500
    await subscribe(shop, 'jon@example.com', { quantity: 3 }) // 9,900
    await hear(shop)

    expect(await subscribedCurrencies(shop.db)).toEqual(['cny', 'usd'])
    expect(await subscribersNow(shop.db, 'cny')).toEqual({ mrr: 30_000, active: 8, leaving: 0, leavingMrr: 0 })
    expect(await subscribersNow(shop.db, 'usd')).toMatchObject({ mrr: 900, active: 1 })
    // The next period costs less all the same, as the account page says.
    const guy = shop.db.selectFrom('subscriptions').select(['amount', 'mrr']).where('email', '=', 'guy@example.com')
    expect(await guy.execute()).toEqual([{ amount: 1650, mrr: 3300 }])

    const owner = await shop.owner('en')
    const dashboard = await owner.read('/dashboard')
    expect(dashboard).toMatch(/MRR\)\s*¥300\.00/)
    expect(dashboard).toMatch(/MRR\)\s*\$9\.00/)
    expect(dashboard).toContain('8 new, 0 back again, 0 left')
    expect(await owner.read('/dashboard/subscribers?currency=usd')).toMatch(/MRR\)\s*\$9\.00[^¥]*$/)
    expect(await owner.read('/dashboard/subscribers?currency=xxx')).toContain('¥300.00')
    const stranger = await shop.visitor('en').get('/dashboard/subscribers')
    expect(stranger.headers.get('location')).toMatch(/^\/sign-in/)
  })

  test('who came, left and came back, by the months of the owner', async () => {
    const shop = await openShop(database, { webhooks: false })
    const year = new Date().getUTCFullYear() + 1
    await until(shop, Date.UTC(year, 0, 31, 16, 30)) // 1 February, 0:30 in Shanghai
    await subscribe(shop, 'ann@example.com')
    const ben = await subscribe(shop, 'ben@example.com')
    await until(shop, Date.UTC(year, 2, 10))
    await shop.stripe.subscriptions.cancel(ben.id)
    await until(shop, Date.UTC(year, 3, 5))
    await subscribe(shop, 'ben@example.com') // another customer at Stripe, the same person
    await hear(shop)

    const now = new Date(await shop.sandbox.clock.now())
    const months = (timeZone: string) => monthlyMovements(shop.db, { currency: 'cny', timeZone, count: 4, now })
    const none = { new: 0, reactivated: 0, churned: 0 }
    expect(await months('Asia/Shanghai')).toEqual([
      { month: `${year}-01`, atStart: 0, ...none, churnRate: null },
      { month: `${year}-02`, atStart: 0, ...none, new: 2, churnRate: 0 },
      { month: `${year}-03`, atStart: 2, ...none, churned: 1, churnRate: 0.5 },
      { month: `${year}-04`, atStart: 1, ...none, reactivated: 1, churnRate: 0 },
    ])
    expect((await months('UTC')).map((month) => month.new)).toEqual([2, 0, 0, 0])

    // Since 6 March: 2 were there, 1 came back, 1 left: 1 of 3.
    const recent = await lastThirtyDays(shop.db, { currency: 'cny', now })
    expect(recent).toEqual({ atStart: 2, new: 0, reactivated: 1, churned: 1, churnRate: 1 / 3 })
    // 6,600 ÷ 2 people ÷ (1 of 3)
    expect(lifetimeValue(await subscribersNow(shop.db, 'cny'), recent)).toBe(9900)
    // Three months each.
    expect(await paidSoFar(shop.db, 'cny')).toEqual({ subscribers: 2, paid: 19_800, each: 9900 })
  })

  test('whatever order the news come in, and how often, the figures are the same', async () => {
    const shop = await openShop(database)
    await shop.sandbox.chaos.set({ duplicate: true, reorder: true })
    const ann = await subscribe(shop, 'ann@example.com', { coupon: { percent_off: 10, duration: 'forever' } })
    const ben = await subscribe(shop, 'ben@example.com', { price: YEARLY, trial_period_days: 7 })
    await shop.sandbox.failNextPayment(ann.customer as string)
    await shop.sandbox.renew(ann.id)
    await shop.sandbox.replaceCard(ann.customer as string)
    const cancelled = await shop.stripe.subscriptions.cancel(ann.id)
    await shop.quiet()
    const figures = () =>
      shop.db.selectFrom('subscriptions').select(['id', 'mrr', 'began_at', 'stopped_at']).orderBy('email').execute()
    const expected = [
      { id: ann.id, mrr: 2970, began_at: date(ann.start_date), stopped_at: date(cancelled.ended_at) },
      { id: ben.id, mrr: 2750, began_at: date(ben.trial_end), stopped_at: null },
    ]
    expect(await figures()).toEqual(expected)
    const ids = await shop.db.selectFrom('inbox').select('object_id').where('object_id', 'is not', null).execute()
    const shuffled = [...ids, ...ids].sort(() => Math.random() - 0.5)
    await Promise.all(shuffled.map(({ object_id }) => sync(shop, object_id!)))
    expect(await figures()).toEqual(expected)
  })
})

onPostgres('from when to when somebody is a subscriber', (database) => {
  test('a trial counts from its first paid day, and one that is left before it never does', async () => {
    const shop = await openShop(database, { webhooks: false })
    const ann = await subscribe(shop, 'ann@example.com', { trial_period_days: 14 })
    const ben = await subscribe(shop, 'ben@example.com', { trial_period_days: 14 })
    await shop.stripe.subscriptions.cancel(ben.id)
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 0, active: 0 })
    await shop.sandbox.clock.advance(15 * DAY)
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 3300, active: 1 })
    expect(await timesOf(shop, ann)).toEqual({ began_at: date(ann.trial_end), stopped_at: null })
    expect(await timesOf(shop, ben)).toEqual({ began_at: null, stopped_at: null })
    expect(await thisMonth(shop)).toMatchObject({ new: 1, churned: 0 })
  })

  test('a trial that is given later, and a pause, are told as they are while they last', async () => {
    const shop = await openShop(database, { webhooks: false })
    const ann = await subscribe(shop, 'ann@example.com')
    await shop.sandbox.clock.advance(DAY)
    const given = Math.round((await shop.sandbox.clock.now()) / 1000)
    const free = await shop.stripe.subscriptions.update(ann.id, { trial_end: given + 7 * 86_400 })
    await hear(shop)
    expect(await timesOf(shop, ann)).toEqual({ began_at: date(ann.start_date), stopped_at: date(free.trial_start) })
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 0, active: 0 })
    await shop.sandbox.clock.advance(8 * DAY)
    await hear(shop)
    expect(await timesOf(shop, ann)).toEqual({ began_at: date(ann.start_date), stopped_at: null })

    const now = await shop.stripe.subscriptions.retrieve(ann.id)
    const at = now.start_date + 20 * 86_400
    // The sandbox can not pause; Stripe says it so.
    const status_details = { paused: { transitioned_at: at } } as Stripe.Subscription.StatusDetails
    const paused = await payingTime(shop.stripe, { ...now, status: 'paused', status_details })
    expect(paused).toEqual({ began_at: date(ann.start_date), stopped_at: date(at) })
  })

  test('who only changes has not left: another plan, another subscription', async () => {
    const shop = await openShop(database, { webhooks: false })
    const ann = await subscribe(shop, 'ann@example.com')
    const price = await newPrice(shop, YEARLY)
    await shop.stripe.subscriptions.update(ann.id, { items: [{ id: ann.items.data[0]!.id, price }] })
    const old = await subscribe(shop, 'ben@example.com')
    await shop.sandbox.clock.advance(DAY)
    await subscribe(shop, 'ben@example.com', { price: YEARLY })
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 2750 + 3300 + 2750, active: 2 })
    await shop.stripe.subscriptions.cancel(old.id)
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 2750 + 2750, active: 2 })
    expect(await thisMonth(shop)).toMatchObject({ new: 2, reactivated: 0, churned: 0 })
    const recent = await lastThirtyDays(shop.db, { currency: 'cny', now: new Date() })
    expect(lifetimeValue(await subscribersNow(shop.db, 'cny'), recent)).toBeNull()
    expect(await (await shop.owner('en')).read('/dashboard/subscribers')).toMatch(/Lifetime value\s*—/)
  })

  test('who has cancelled stays until the end of what is paid, and is told of before', async () => {
    const shop = await openShop(database, { webhooks: false })
    const ann = await subscribe(shop, 'ann@example.com')
    await shop.stripe.subscriptions.update(ann.id, { cancel_at_period_end: true })
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toEqual({ mrr: 3300, active: 1, leaving: 1, leavingMrr: 3300 })
    expect(await (await shop.owner('en')).read('/dashboard/subscribers')).toContain(
      'One subscription will not be renewed',
    )
    await shop.sandbox.clock.advance(32 * DAY)
    await hear(shop)
    expect(await subscribersNow(shop.db, 'cny')).toEqual({ mrr: 0, active: 0, leaving: 0, leavingMrr: 0 })
    expect(await timesOf(shop, ann)).toEqual({
      began_at: date(ann.start_date),
      stopped_at: date(ann.items.data[0]!.current_period_end),
    })
  })

  test('who never paid never was one; who stops paying was one until then', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.sandbox.dunning.set({ retryDays: [3], afterwards: 'unpaid' })
    const never = await subscribe(shop, 'never@example.com', { card: 'pm_card_chargeCustomerFail' })
    await shop.stripe.subscriptions.cancel(never.id)
    const ann = await subscribe(shop, 'ann@example.com')
    await shop.sandbox.failNextPayment(ann.customer as string, 9)
    await shop.sandbox.renew(ann.id)
    await shop.sandbox.clock.advance(40 * DAY)
    await hear(shop)
    expect(await timesOf(shop, never)).toEqual({ began_at: null, stopped_at: null })
    const paidTime = { began_at: date(ann.start_date), stopped_at: date(ann.items.data[0]!.current_period_end) }
    expect(await timesOf(shop, ann)).toEqual(paidTime)
    expect(await subscribersNow(shop.db, 'cny')).toMatchObject({ mrr: 0, active: 0 })

    // Pays what was asked for last, with a card that works.
    await shop.sandbox.failNextPayment(ann.customer as string, 0)
    const { latest_invoice } = await shop.stripe.subscriptions.retrieve(ann.id)
    await shop.stripe.invoices.finalizeInvoice(latest_invoice as string)
    await shop.stripe.invoices.pay(latest_invoice as string)
    await hear(shop)
    expect((await shop.stripe.subscriptions.retrieve(ann.id)).status).toBe('active')
    expect(await timesOf(shop, ann)).toEqual({ ...paidTime, stopped_at: null })
  })
})

interface How {
  price?: { unit_amount: number; currency: string; recurring: { interval: 'month' | 'year' } }
  coupon?: Stripe.CouponCreateParams
  quantity?: number
  trial_period_days?: number
  card?: string
}

/** Somebody new at Stripe subscribes, as the shop's own checkout would have it. */
async function subscribe(shop: Shop, email: string, { price = MONTHLY, coupon, quantity, card, ...how }: How = {}) {
  const { id: customer } = await shop.stripe.customers.create({ email })
  const method = await shop.stripe.paymentMethods.attach(card ?? 'pm_card_visa', { customer })
  return shop.stripe.subscriptions.create({
    customer,
    default_payment_method: method.id,
    items: [{ price: await newPrice(shop, price), ...(quantity && { quantity }) }],
    ...(coupon && { discounts: [{ coupon: (await shop.stripe.coupons.create(coupon)).id }] }),
    metadata: { app: 'first-paid-user', kind: 'subscription', locale: 'en', price: 'member-month', plan: 'member' },
    ...how,
  })
}

/** Everything at Stripe, read once: how the news come is another story. */
async function hear(shop: Shop) {
  for await (const { id } of shop.stripe.subscriptions.list({ status: 'all', limit: 100 })) await sync(shop, id)
  for await (const { id } of shop.stripe.invoices.list({ status: 'paid', limit: 100 })) await sync(shop, id)
}

async function newPrice(shop: Shop, price: NonNullable<How['price']>): Promise<string> {
  const { id } = await shop.stripe.prices.create({ ...price, product_data: { name: 'Membership' } })
  return id
}

async function until(shop: Shop, time: number) {
  await shop.sandbox.clock.advance(time - (await shop.sandbox.clock.now()))
}

const timesOf = (shop: Shop, { id }: { id: string }) =>
  shop.db.selectFrom('subscriptions').select(['began_at', 'stopped_at']).where('id', '=', id).executeTakeFirstOrThrow()

const thisMonth = async (shop: Shop) =>
  (await monthlyMovements(shop.db, { currency: 'cny', timeZone: 'Asia/Shanghai', count: 1, now: new Date() }))[0]

const date = (seconds: number | null) => new Date(seconds! * 1000)
