import { beforeEach, expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { clientOf, type LocalStripe, openLocalStripe, problem } from '../support/local-stripe.ts'

// Stripe on a bad day, as the official SDK sees it.

onBothDatabases('the sandbox on a bad day', (database) => {
  let local: LocalStripe
  beforeEach(async () => {
    local = await openLocalStripe(database)
  })
  const customers = async () => {
    await local.sandbox.chaos.set({ rateLimit: 0, fail: 0, hang: 0 })
    return (await local.stripe.customers.list()).data
  }

  test('answers that there were too many requests, and does nothing', async () => {
    await local.sandbox.chaos.set({ rateLimit: 1 })
    expect(await problem(local.stripe.customers.create())).toMatchObject({
      type: 'StripeRateLimitError',
      code: 'rate_limit',
      headers: { 'retry-after': '1', 'stripe-rate-limited-reason': 'global-rate' },
      rawType: 'invalid_request_error',
      requestId: expect.stringMatching(/^req_/),
      statusCode: 429,
    })
    expect(await customers()).toHaveLength(0)
  })

  test('fails, and does nothing', async () => {
    await local.sandbox.chaos.set({ fail: 1 })
    const failed = await problem(local.stripe.customers.create())
    expect(failed).toMatchObject({ type: 'StripeAPIError', rawType: 'api_error', statusCode: 500 })
    expect(await customers()).toHaveLength(0)
  })

  test('never answers, and may have done it all the same', async () => {
    await local.sandbox.chaos.set({ hang: 1, seed: 1 })
    const impatient = clientOf(local.sandbox, { timeout: 500 })
    for (let index = 0; index < 6; index++) {
      const silence = await problem(impatient.customers.create({ name: String(index) }))
      expect(silence).toMatchObject({ type: 'StripeConnectionError', message: expect.stringContaining('timeout') })
    }
    const done = (await customers()).length
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(6)
  })

  test('is survived by the SDK’s own retries, which do everything once', async () => {
    await local.sandbox.chaos.set({ fail: 0.2, hang: 0.2, seed: 4 })
    const stubborn = clientOf(local.sandbox, { maxNetworkRetries: 5, timeout: 500 })
    for (let index = 0; index < 5; index++) await stubborn.customers.create({ name: String(index) })
    expect((await customers()).map(({ name }) => name)).toEqual(['4', '3', '2', '1', '0'])
  })

  test('is the same for the same seed', async () => {
    const day = async (seed: number) => {
      await local.sandbox.chaos.set({ rateLimit: 0.3, fail: 0.3, seed })
      const statuses: number[] = []
      for (let index = 0; index < 20; index++) {
        const answer = await local.sandbox.fetch('https://api.stripe.com/v1/balance', {
          headers: { authorization: 'Bearer sk_test_x' },
        })
        statuses.push(answer.status)
      }
      return statuses
    }
    const first = await day(7)
    expect(new Set(first)).toEqual(new Set([200, 429, 500]))
    expect(await day(7)).toEqual(first)
    expect(await day(8)).not.toEqual(first)
  })

  test('leaves the panel, the hosted page and what the sandbox does by itself alone', async () => {
    const { id, url } = await local.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'http://localhost:3000/thanks',
      line_items: [{ quantity: 1, price_data: { currency: 'cny', unit_amount: 660, product_data: { name: 'x' } } }],
    })
    await local.press('chaos', { fail: '100', lose: 'on' })
    expect(await local.sandbox.chaos.get()).toMatchObject({ fail: 1, lose: true })
    expect((await local.sandbox.app.request('/')).status).toBe(200)
    expect((await local.sandbox.app.request(new URL(url!).pathname.replace('/sandbox', ''))).status).toBe(200)
    expect(await local.sandbox.pay(id)).toMatchObject({ status: 'paid' })
    await local.sandbox.settle()
    expect(await problem(local.stripe.balance.retrieve())).toMatchObject({ statusCode: 500 })
    await local.press('chaos', { fail: '0' })
    expect(await local.sandbox.chaos.get()).not.toHaveProperty('fail')
    expect((await local.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid')
  })
})
