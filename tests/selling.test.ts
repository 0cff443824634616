import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeCredit } from '../src/payments/credits.ts'
import { passEnds, rightsOf } from '../src/payments/rights.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop, type Shop, sessionIdOf } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

const DAY = 86_400_000

onBothDatabases('selling', (database) => {
  test('the catalog is on the front page, in both languages', async () => {
    const shop = await openShop(database)
    expect(await shop.visitor().read('/')).toMatch(/提问.*一次提问 ¥6\.6.*会员.*按月 ¥33 \/ 月/)
    expect(await shop.visitor('en').read('/')).toMatch(/One question ¥6\.6.*Monthly ¥33 a month/)
  })

  test('a guest buys credits, and finds them after proving the address; typing it is not enough', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    await buy(shop, guest, 'question-1', { quantity: '3' })
    expect(await shop.db.selectFrom('payments').select(['kind', 'amount', 'credits', 'user_id']).execute()).toEqual([
      { kind: 'purchase', amount: 1980, credits: 3, user_id: null },
    ])
    const stranger = shop.visitor('en')
    await stranger.post('/sign-in/email', { email: 'ann@example.com' })
    expect((await stranger.get('/account')).status).toBe(302)

    const userId = await proveAddress(shop, guest, 'ann@example.com')
    expect(await rightsOf(shop.db, userId)).toEqual({ plans: [], credits: 3 })
    // What is bought from now on is theirs at once.
    await buy(shop, guest, 'question-5')
    expect((await rightsOf(shop.db, userId)).credits).toBe(8)
  })

  test('a refund takes unused credits along; used ones count against the next purchase; never below zero', async () => {
    const { shop, ann, userId } = await withAnn(database)
    const paymentId = await buy(shop, ann, 'question-5')
    await use(shop, userId, 2)
    expect((await rightsOf(shop.db, userId)).credits).toBe(3)
    await shop.stripe.refunds.create({ payment_intent: paymentId })
    await shop.quiet()
    expect((await rightsOf(shop.db, userId)).credits).toBe(0)
    await buy(shop, ann, 'question-5')
    expect((await rightsOf(shop.db, userId)).credits).toBe(3)
  })

  test('passes follow one another, and are found under the plan', async () => {
    const { shop, ann, userId } = await withAnn(database)
    await buy(shop, ann, 'member-30-days', {}, 'wechat_pay')
    await buy(shop, ann, 'member-30-days', {}, 'alipay')
    const [open] = (await rightsOf(shop.db, userId)).plans
    expect(open!.plan).toBe('member')
    expect(Math.round((open!.until.getTime() - Date.now()) / DAY)).toBe(60)
  })

  test('what is not sold is refused, and so is what only a tampered form sends', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    const request = 'form-0001'
    for (const [path, form] of [
      ['/checkout/question-1', { request, quantity: '0' }],
      ['/checkout/question-1', { request, quantity: '-1' }],
      ['/checkout/question-1', { request, quantity: '1.5' }],
      ['/checkout/question-1', { request, quantity: '11' }],
      ['/checkout/question-5', { request, quantity: '2' }],
      ['/checkout/question-1', {}],
    ] as [string, Record<string, string>][]) {
      expect((await guest.post(path, form)).status, JSON.stringify([path, form])).toBe(400)
    }
    for (const key of ['nothing', '__proto__']) {
      const gone = await shop.visitor('en').post(`/checkout/${key}`, { request })
      expect(gone.status).toBe(404)
      expect(await gone.text()).toMatch(/This is no longer sold[\s\S]*<a class="button" href="\/">/)
    }
    // An amount or a currency that a client names is heard by nobody.
    const sent = await guest.post('/checkout/question-1', { request, amount: '1', currency: 'jpy', price: '1' })
    const session = await shop.stripe.checkout.sessions.retrieve(sessionIdOf(sent.headers.get('location')))
    expect(session).toMatchObject({ amount_total: 660, currency: 'cny' })
  })

  test('a price that changed in the catalog is a new price at Stripe, and the old one is archived', async () => {
    const shop = await openShop(database)
    const { catalog } = await import('../src/catalog.ts')
    const { holderOf, stripePriceId } = await import('../src/payments/stripe-prices.ts')
    const { createStripe } = await import('../src/payments/stripe.ts')
    const price = catalog.products[0]!.prices[0]!
    const first = await stripePriceId(shop.stripe, price, 'en')
    const restarted = createStripe('sk_test_sandbox', { fetch: shop.sandbox.fetch })
    expect(await stripePriceId(restarted, price, 'en')).toBe(first)

    const dearer = { ...price, money: { ...price.money, amount: 880 } }
    const again = createStripe('sk_test_sandbox', { fetch: shop.sandbox.fetch })
    const second = await stripePriceId(again, dearer, 'en')
    expect(second).not.toBe(first)
    expect((await holderOf(shop.stripe, price.key))?.id).toBe(second)
    expect((await shop.stripe.prices.retrieve(first)).active).toBe(false)
  })
})

test('passes are added in the order they were paid, whatever order they are told in', () => {
  const day = (n: number) => new Date(n * DAY)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 40 })), { minLength: 1 }), (list) => {
      const passes = list.map(([at, days]) => ({ paid_at: day(at), days }))
      const end = passEnds(passes)!
      expect(passEnds(passes.toReversed())).toEqual(end)
      // Never less than any single pass gives, never more than all of them after the last.
      for (const { paid_at, days } of passes)
        expect(end.getTime()).toBeGreaterThanOrEqual(paid_at.getTime() + days * DAY)
      const sum = passes.reduce((total, { days }) => total + days, 0)
      expect(end.getTime()).toBeLessThanOrEqual(Math.max(...passes.map(({ paid_at }) => paid_at.getTime())) + sum * DAY)
    }),
  )
})

onPostgres('credits under load', (database) => {
  test('purchases, uses and refunds at once: never negative, and equal what is paid now minus what was used', async () => {
    const { shop, userId } = await withAnn(database)
    let taken = 0
    let keys = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('buy', 'use', 'use', 'use', 'refund'), { minLength: 3, maxLength: 8 }),
        async (steps) => {
          const done = steps.map(async (step) => {
            // Paid with the address that Ann has proved, from a browser of its own each time.
            if (step === 'buy') await buy(shop, shop.visitor(), 'question-1', {}, 'card', false)
            if (step === 'use') {
              const key = `use-${keys++}`
              const answers = await Promise.all([once(shop, userId, key), once(shop, userId, key)])
              // The same key takes once: both say taken, or both say no.
              expect(new Set(answers.map((answer) => answer.taken)).size).toBe(1)
              if (answers[0].taken) taken++
            }
            if (step === 'refund') await refundOne(shop)
          })
          await Promise.all(done)
          await shop.quiet()
          const { credits } = await rightsOf(shop.db, userId)
          const paid = (await shop.stripe.charges.list({ limit: 100 })).data.filter((charge) => !charge.refunded).length
          expect(credits).toBe(Math.max(0, paid - taken))
          const { used } = await shop.db
            .selectFrom('credit_uses')
            .select(({ fn }) => fn.countAll<number>().as('used'))
            .executeTakeFirstOrThrow()
          expect(used).toBe(taken)
        },
      ),
      { numRuns: 8 },
    )
  }, 90_000)
})

async function withAnn(database: TestDatabase) {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  const userId = await proveAddress(shop, ann, 'ann@example.com')
  return { shop, ann, userId }
}

/** Buys and pays; returns the PaymentIntent. */
async function buy(
  shop: Shop,
  visitor: Visitor,
  price: string,
  form: Record<string, string> = {},
  method: 'card' | 'alipay' | 'wechat_pay' = 'card',
  wait = true,
): Promise<string> {
  const sent = await visitor.post(`/checkout/${price}`, { request: crypto.randomUUID(), ...form })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await shop.sandbox.pay(sessionId, { email: 'ann@example.com', method })
  if (wait) await shop.quiet()
  return (await shop.stripe.checkout.sessions.retrieve(sessionId)).payment_intent as string
}

function once(shop: Shop, userId: string, key: string) {
  return shop.db.transaction().execute((trx) => takeCredit(trx, userId, 'test', key))
}

async function use(shop: Shop, userId: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect((await once(shop, userId, `use-${i}`)).taken).toBe(true)
}

async function refundOne(shop: Shop): Promise<void> {
  const charge = (await shop.stripe.charges.list({ limit: 100 })).data.find(({ refunded }) => !refunded)
  if (!charge) return
  await shop.stripe.refunds.create({ charge: charge.id }).catch((error) => {
    // Another refund of this run was quicker.
    if (error.code !== 'charge_already_refunded') throw error
  })
}
