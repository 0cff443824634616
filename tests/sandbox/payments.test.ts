import { createTransport } from 'nodemailer'
import Stripe from 'stripe'
import { beforeEach, describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import { onBothDatabases } from '../support/databases.ts'

// The sandbox as the official SDK sees it, and as a payer's browser does. With a test key the same could be asked of Stripe.

const BASE = 'http://localhost:3000'
const SECRET = 'whsec_test'
let pool: SandboxOptions['pool']
let sandbox: Sandbox
let stripe: Stripe
/** What came to our webhook, verified. */
let received: Stripe.Event[] = []
let answerWith = () => new Response('ok')

async function open(options: Partial<SandboxOptions> = {}) {
  sandbox = await createSandbox({
    pool,
    baseUrl: BASE,
    webhook: { url: `${BASE}/webhooks/stripe`, secret: SECRET },
    settleAfterMs: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const body = await request.text()
      const signature = request.headers.get('stripe-signature')!
      received.push(await stripe.webhooks.constructEventAsync(body, signature, SECRET))
      return answerWith()
    },
    ...options,
  })
  stripe = clientOf(sandbox)
}

const clientOf = ({ fetch }: Pick<Sandbox, 'fetch'>, key = 'sk_test_sandbox') =>
  new Stripe(key, { httpClient: Stripe.createFetchHttpClient(fetch) })

const tip = (params: Stripe.Checkout.SessionCreateParams = {}, options: Stripe.RequestOptions = {}) =>
  stripe.checkout.sessions.create(
    {
      mode: 'payment',
      success_url: `${BASE}/thanks?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${BASE}/tip`,
      line_items: [
        { quantity: 1, price_data: { currency: 'cny', unit_amount: 660, product_data: { name: 'A red packet' } } },
      ],
      ...params,
    },
    options,
  )

const chargeOf = (session: { id: string }) =>
  stripe.checkout.sessions
    .retrieve(session.id, { expand: ['payment_intent.latest_charge.balance_transaction'] })
    .then(({ payment_intent }) => (payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge)

const problem = (promise: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  promise.then(
    () => expect.fail('it was accepted'),
    (error) => error,
  )

onBothDatabases('the sandbox', (database) => {
  beforeEach(async () => {
    pool = (await database.fresh()).pool
    received = []
    answerWith = () => new Response('ok')
    await open()
  })

  describe('a payment', () => {
    test('goes from session to balance, and its events say so in order', async () => {
      const session = await tip({
        metadata: { kind: 'tip' },
        payment_intent_data: { metadata: { kind: 'tip' }, description: 'Thanks' },
      })
      expect(session).toMatchObject({
        status: 'open',
        payment_status: 'unpaid',
        payment_intent: null,
        amount_total: 660,
      })
      expect(session.url).toBe(`${BASE}/sandbox/checkout/${session.id}`)

      const { redirect, status } = await sandbox.pay(session.id, { email: 'payer@example.com' })
      expect({ redirect, status }).toEqual({ redirect: `${BASE}/thanks?session_id=${session.id}`, status: 'paid' })

      const charge = await chargeOf(session)
      expect(charge).toMatchObject({ amount: 660, paid: true, metadata: { kind: 'tip' }, description: 'Thanks' })
      expect(charge.id).toMatch(/^ch_/)
      const { fee, net, ...transaction } = charge.balance_transaction as Stripe.BalanceTransaction
      expect(transaction).toMatchObject({ type: 'charge', amount: 660, currency: 'cny', exchange_rate: null })
      expect(fee).toBe(237) // 3.4% of 6.60 and HK$2.35
      expect(net).toBe(660 - fee)
      const done = await stripe.checkout.sessions.retrieve(session.id)
      expect(done).toMatchObject({ status: 'complete', url: null, customer_details: { email: 'payer@example.com' } })

      const events = (await stripe.events.list()).data.reverse()
      expect(events.map(({ type }) => type)).toEqual([
        'payment_intent.created',
        'payment_intent.succeeded',
        'charge.succeeded',
        'checkout.session.completed',
        'charge.updated',
      ])
      const [, , succeeded, , updated] = events as [
        unknown,
        unknown,
        Stripe.ChargeSucceededEvent,
        unknown,
        Stripe.ChargeUpdatedEvent,
      ]
      expect(succeeded.data.object.balance_transaction).toBeNull()
      expect(succeeded.request?.id).toMatch(/^req_/)
      expect(updated.data.previous_attributes).toEqual({ balance_transaction: null })
      expect(updated.request?.id).toBeNull()
      await sandbox.deliver()
      expect(new Set(received.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)))
    })

    test('by Alipay or WeChat Pay waits for the phone, and is a `payment` in the books', async () => {
      for (const method of ['alipay', 'wechat_pay'] as const) {
        const session = await tip({ allowed_payment_method_types: [method] })
        expect(session.payment_method_types).toEqual([method])
        expect(await sandbox.pay(session.id, { method })).toMatchObject({ status: 'paid' })
        const charge = await chargeOf(session)
        expect(charge.id).toMatch(/^py_/)
        expect(charge.balance_transaction).toMatchObject({ type: 'payment', reporting_category: 'charge' })
      }
      await sandbox.deliver()
      expect(received.map(({ type }) => type)).toContain('payment_intent.requires_action')
    })

    test('declined leaves the session open for another try', async () => {
      const session = await tip()
      expect(await sandbox.pay(session.id, { card: '4000000000009995' })).toMatchObject({ status: 'declined' })
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
        status: 'open',
        payment_intent: null,
      })
      expect(await sandbox.pay(session.id)).toMatchObject({ status: 'paid' })

      await sandbox.deliver()
      const types = received.map(({ type }) => type)
      expect(types.filter((type) => type === 'payment_intent.created')).toHaveLength(1)
      expect(types).toEqual(
        expect.arrayContaining(['payment_intent.payment_failed', 'charge.failed', 'charge.succeeded']),
      )
      const failed = received.find(({ type }) => type === 'payment_intent.payment_failed')!
      expect((failed.data.object as Stripe.PaymentIntent).last_payment_error).toMatchObject({
        code: 'card_declined',
        decline_code: 'insufficient_funds',
      })
    })

    test('with a card that asks for authentication waits for the answer', async () => {
      const session = await tip()
      expect(await sandbox.pay(session.id, { card: '4000002500003155' })).toMatchObject({ status: 'requires_action' })
      expect(await sandbox.authenticate(session.id, false)).toMatchObject({ status: 'declined' })
      await sandbox.pay(session.id, { card: '4000002500003155' })
      expect(await sandbox.authenticate(session.id)).toMatchObject({ status: 'paid' })
      const card = (await chargeOf(session)).payment_method_details?.card
      expect(card?.three_d_secure?.result).toBe('authenticated')
    })

    test('happens once, however many times the button is pressed', async () => {
      const session = await tip({ client_reference_id: 'twice' })
      const presses = await Promise.allSettled(Array.from({ length: 5 }, () => sandbox.pay(session.id)))
      expect(presses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id)
      const charges = await stripe.charges.list({ payment_intent: payment_intent as string })
      expect(charges.data).toHaveLength(1)
    })

    test('of an amount that the payer chooses keeps to the bounds', async () => {
      const { id: product } = await stripe.products.create({ name: 'Own amount' })
      const bounds = { enabled: true, minimum: 600, maximum: 50_000 }
      const { id: price } = await stripe.prices.create({ product, currency: 'cny', custom_unit_amount: bounds })
      const session = await tip({ line_items: [{ price, quantity: 1 }] })
      await expect(sandbox.pay(session.id, { amount: 599 })).rejects.toThrow('below the minimum')
      await sandbox.pay(session.id, { amount: 888 })
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 888 })
      expect(await chargeOf(session)).toMatchObject({ amount: 888 })
    })

    test('settles later, and in another currency, when the account does', async () => {
      await open({ settleAfterMs: 60_000, settlementCurrency: 'usd' })
      const session = await tip({
        line_items: [
          { quantity: 1, price_data: { currency: 'cny', unit_amount: 6600, product_data: { name: '大红包' } } },
        ],
      })
      await sandbox.pay(session.id)
      await sandbox.deliver()
      expect((await chargeOf(session)).balance_transaction).toBeNull()
      await sandbox.settle()
      const settled = (await chargeOf(session)).balance_transaction as Stripe.BalanceTransaction
      expect(settled.currency).toBe('usd')
      expect(settled.amount).toBe(Math.round(6600 * settled.exchange_rate!))
      expect(settled.net).toBe(settled.amount - settled.fee)

      const before = await stripe.balance.retrieve()
      await sandbox.clock.advance(3 * 86_400_000)
      await sandbox.deliver()
      const after = await stripe.balance.retrieve()
      const usd = (funds: Stripe.Balance.Available[]) => funds.find(({ currency }) => currency === 'usd')!.amount
      expect(usd(before.pending)).toBe(settled.net)
      expect(usd(after.available)).toBe(settled.net)
    })

    test('can no longer be made once the session is expired', async () => {
      const expired = await stripe.checkout.sessions.expire((await tip()).id)
      expect(expired).toMatchObject({ status: 'expired', url: null })
      await expect(sandbox.pay(expired.id)).rejects.toThrow('not open')

      const forgotten = await tip()
      await sandbox.clock.advance(86_400_000)
      await sandbox.deliver()
      expect(await stripe.checkout.sessions.retrieve(forgotten.id)).toMatchObject({ status: 'expired' })
      expect(received.filter(({ type }) => type === 'checkout.session.expired')).toHaveLength(2)
    })
  })

  describe('the hosted page', () => {
    const visit = (path: string, init: RequestInit = {}) =>
      sandbox.app.request(path, {
        ...init,
        headers: { origin: 'http://localhost', 'accept-language': 'en', ...init.headers },
      })
    const press = (path: string, form: Record<string, string>) =>
      visit(path, { method: 'POST', body: new URLSearchParams(form) })

    test('shows what is bought, takes the card, and sends the payer on', async () => {
      const { id } = await tip()
      const page = await (await visit(`/checkout/${id}`)).text()
      expect(page).toMatch(/^<!doctype html>/i)
      for (const part of ['¥6.60', 'A red packet', '4242 4242 4242 4242', `${BASE}/tip`, 'No real money']) {
        expect(page).toContain(part)
      }
      expect(page).not.toMatch(/<script|<style| style=/)

      const form = {
        method: 'card',
        email: 'a@example.com',
        number: '4242 4242 4242 4242',
        expiry: '12 / 34',
        cvc: '123',
      }
      const paid = await press(`/checkout/${id}`, form)
      expect([paid.status, paid.headers.get('location')]).toEqual([303, `${BASE}/thanks?session_id=${id}`])
      expect(await (await visit(`/checkout/${id}`)).text()).toContain('Already paid')
    })

    test('says beside the field what is wrong, in the session’s language', async () => {
      const { id } = await tip({ locale: 'zh' })
      const answer = await press(`/checkout/${id}`, {
        method: 'card',
        email: 'a',
        number: '4242424242424241',
        expiry: '01/20',
        cvc: '1',
      })
      expect(answer.status).toBe(422)
      const page = await answer.text()
      for (const part of ['请填写完整的邮箱', '卡号无效', '有效期已过', '安全码不完整', '沙盒'])
        expect(page).toContain(part)

      const form = { method: 'card', email: 'a@example.com', number: '4000000000000002', expiry: '1234', cvc: '123' }
      const declined = await press(`/checkout/${id}`, form)
      expect(declined.status).toBe(402)
      expect(await declined.text()).toContain('银行卡被拒绝')
    })

    test('lets a wallet say yes or no', async () => {
      const { id } = await tip()
      const waiting = await press(`/checkout/${id}`, { method: 'alipay', email: 'a@example.com' })
      expect(waiting.headers.get('location')).toBe(`${BASE}/sandbox/checkout/${id}/authenticate`)
      expect(await (await visit(`/checkout/${id}/authenticate`)).text()).toContain('Alipay')
      const refused = await press(`/checkout/${id}/authenticate`, { outcome: 'refuse' })
      expect(refused.headers.get('location')).toBe(`/sandbox/checkout/${id}?failed`)
      await press(`/checkout/${id}`, { method: 'alipay', email: 'a@example.com' })
      const agreed = await press(`/checkout/${id}/authenticate`, { outcome: 'agree' })
      expect(agreed.headers.get('location')).toBe(`${BASE}/thanks?session_id=${id}`)
    })

    test('refuses a form from elsewhere, escapes what was typed, and knows no strange session', async () => {
      const { id } = await tip({
        line_items: [
          { quantity: 2, price_data: { currency: 'cny', unit_amount: 660, product_data: { name: '<b>x</b>' } } },
        ],
      })
      const foreign = await visit(`/checkout/${id}`, {
        method: 'POST',
        body: new URLSearchParams(),
        headers: { origin: 'http://evil.example' },
      })
      expect(foreign.status).toBe(403)
      expect(await (await visit(`/checkout/${id}`)).text()).toContain('&lt;b&gt;x')
      expect((await visit('/checkout/cs_test_nope')).status).toBe(404)
    })
  })

  describe('requests', () => {
    const price_data = { currency: 'cny', unit_amount: 660, product_data: { name: 'x' } }
    const refused: [what: string, params: object, error: object][] = [
      ['an unknown parameter', { foo: 1 }, { code: 'parameter_unknown', param: 'foo' }],
      [
        'payment_method_types',
        { payment_method_types: ['card'] },
        { code: 'payment_method_types_no_longer_supported' },
      ],
      [
        'a wrong mode',
        { mode: 'gift' },
        { param: 'mode', message: 'Invalid mode: must be one of payment, setup, or subscription' },
      ],
      ['no success_url', { success_url: undefined }, { code: 'parameter_missing', param: 'success_url' }],
      [
        'a quantity in words',
        { line_items: [{ quantity: 'two', price_data }] },
        { code: 'parameter_invalid_integer', param: 'line_items[0][quantity]' },
      ],
      [
        'a price that is not',
        { line_items: [{ quantity: 1, price: 'price_no' }] },
        { code: 'resource_missing', message: "No such price: 'price_no'" },
      ],
      [
        'too little',
        { line_items: [{ quantity: 1, price_data: { ...price_data, unit_amount: 100 } }] },
        { code: 'amount_too_small' },
      ],
      [
        'too much',
        { line_items: [{ quantity: 1000, price_data: { ...price_data, unit_amount: 1_000_000 } }] },
        { code: 'amount_too_large' },
      ],
      [
        'a strange currency',
        { line_items: [{ quantity: 1, price_data: { ...price_data, currency: 'xyz' } }] },
        { param: 'line_items[0][price_data][currency]' },
      ],
      ['an email that is none', { customer_email: 'nobody' }, { code: 'email_invalid' }],
      ['an expiry tomorrow', { expires_at: 4_000_000_000 }, { param: 'expires_at' }],
      ['what it does not have', { mode: 'setup' }, { code: 'not_in_sandbox' }],
    ]
    test('that Stripe would refuse are refused in its words', async () => {
      for (const [what, params, error] of refused) {
        const answer = await problem(tip(params as Stripe.Checkout.SessionCreateParams))
        expect(answer, what).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, ...error })
      }
    })

    test('need a test key, and the right version', async () => {
      expect(await problem(clientOf(sandbox, 'sk_live_1').balance.retrieve())).toMatchObject({
        type: 'StripeAuthenticationError',
      })
      expect((await sandbox.fetch('https://api.stripe.com/v1/balance')).status).toBe(401)
      const old = await sandbox.fetch('https://api.stripe.com/v1/balance', {
        headers: { authorization: 'Bearer sk_test_x', 'stripe-version': '2020-08-27' },
      })
      expect(old.status).toBe(400)
    })

    test('for what does not exist are 404, and name it', async () => {
      const answer = await problem(stripe.paymentIntents.retrieve('pi_no'))
      expect(answer).toMatchObject({
        statusCode: 404,
        code: 'resource_missing',
        message: "No such payment_intent: 'pi_no'",
      })
      expect(answer.requestId).toMatch(/^req_/)
    })

    test('with an idempotency key are done once', async () => {
      const [first, second] = [await tip({}, { idempotencyKey: 'one' }), await tip({}, { idempotencyKey: 'one' })]
      expect(second.id).toBe(first.id)
      expect(await problem(tip({ locale: 'en' }, { idempotencyKey: 'one' }))).toMatchObject({
        type: 'StripeIdempotencyError',
        statusCode: 400,
      })
      // A refused request is not remembered.
      await problem(tip({ locale: 'xx' as 'en' }, { idempotencyKey: 'two' }))
      expect((await tip({}, { idempotencyKey: 'two' })).id).toMatch(/^cs_test_/)
      const together = await Promise.all(
        [1, 2, 3, 4].map(() => tip({}, { idempotencyKey: 'three', maxNetworkRetries: 8 })),
      )
      expect(new Set(together.map(({ id }) => id)).size).toBe(1)
    })

    test('page through lists, newest first', async () => {
      const made: string[] = []
      for (let index = 0; index < 5; index++)
        made.unshift((await stripe.customers.create({ email: 'many@example.com' })).id)
      const all: string[] = []
      for await (const { id } of stripe.customers.list({ email: 'many@example.com', limit: 2 })) all.push(id)
      expect(all).toEqual(made)
      const before = await stripe.customers.list({ email: 'many@example.com', ending_before: made[3], limit: 2 })
      expect(before.data.map(({ id }) => id)).toEqual(made.slice(1, 3))
      expect(before.has_more).toBe(true)
      expect(await problem(stripe.customers.list({ limit: 101 }))).toMatchObject({ code: 'parameter_invalid_integer' })
    })

    test('expand to four levels, also in lists', async () => {
      const session = await tip({ customer_creation: 'always' })
      await sandbox.pay(session.id, { email: 'expand@example.com', name: 'Ada' })
      const { data } = await stripe.checkout.sessions.list({
        customer_details: { email: 'expand@example.com' },
        expand: ['data.payment_intent.latest_charge', 'data.customer', 'data.line_items'],
      })
      expect(data).toHaveLength(1)
      expect(data[0]).toMatchObject({
        customer: { email: 'expand@example.com', name: 'Ada' },
        line_items: { data: [{ description: 'A red packet', price: { unit_amount: 660 } }] },
        payment_intent: { latest_charge: { amount: 660 } },
      })
      expect(await problem(stripe.charges.list({ expand: ['data.nothing'] }))).toMatchObject({ param: 'expand' })
      expect((await problem(stripe.charges.list({ expand: ['data.a.b.c.d'] }))).message).toContain('more than 4 levels')
    })

    test('change and delete customers; metadata is merged', async () => {
      const { id } = await stripe.customers.create({ email: 'c@example.com', metadata: { a: '1', b: '2' } })
      const after = await stripe.customers.update(id, { name: '小明', metadata: { a: '', c: '3' } })
      expect(after).toMatchObject({ name: '小明', email: 'c@example.com', metadata: { b: '2', c: '3' } })
      expect(after.metadata).not.toHaveProperty('a')
      await stripe.customers.del(id)
      expect(await stripe.customers.retrieve(id)).toMatchObject({ deleted: true })
    })

    test('find prices by lookup key', async () => {
      const { id: product } = await stripe.products.create({ name: 'Pass' })
      const first = await stripe.prices.create({ product, currency: 'cny', unit_amount: 1990, lookup_key: 'pass' })
      const { data } = await stripe.prices.list({ lookup_keys: ['pass'] })
      expect(data.map(({ id }) => id)).toEqual([first.id])
      await problem(stripe.prices.create({ product, currency: 'cny', unit_amount: 2990, lookup_key: 'pass' }))
      const next = await stripe.prices.create({
        product,
        currency: 'cny',
        unit_amount: 2990,
        lookup_key: 'pass',
        transfer_lookup_key: true,
      })
      expect((await stripe.prices.list({ lookup_keys: ['pass'] })).data.map(({ id }) => id)).toEqual([next.id])
    })
  })

  describe('webhooks', () => {
    const paid = async () => sandbox.pay((await tip()).id)
    const ids = () => received.map(({ id }) => id)

    test('are sent again until they are taken, and the event counts down', async () => {
      answerWith = () => new Response('', { status: 302, headers: { location: '/' } })
      await paid()
      expect(await sandbox.deliver()).toBe(0)
      const { data } = await stripe.events.list({ delivery_success: false })
      expect(data).toHaveLength(5)
      expect(data.every(({ pending_webhooks }) => pending_webhooks === 1)).toBe(true)

      answerWith = () => new Response('ok')
      expect(await sandbox.deliver()).toBe(0) // not due yet
      await sandbox.clock.advance(2_000)
      expect(await sandbox.deliver()).toBe(5)
      expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(0)
      expect(new Set(ids()).size).toBe(5)
    })

    test('survive a restart', async () => {
      await paid()
      await open()
      expect(await sandbox.deliver()).toBe(5)
    })

    test('go astray as the chaos switches say', async () => {
      await sandbox.chaos.set({ lose: true })
      await paid()
      await sandbox.chaos.set({ lose: false })
      expect(await sandbox.deliver()).toBe(0)
      const lost = await stripe.events.list({ types: ['charge.succeeded', 'payment_intent.*'], limit: 3 })
      expect(lost.data.map(({ type }) => type)).toEqual([
        'charge.succeeded',
        'payment_intent.succeeded',
        'payment_intent.created',
      ])

      await sandbox.chaos.set({ duplicate: true, reorder: true })
      await paid()
      expect(await sandbox.deliver()).toBeGreaterThanOrEqual(10)
      expect(new Set(ids()).size).toBe(5)

      await sandbox.chaos.set({ duplicate: false, reorder: false, delay: 60_000 })
      await paid()
      expect(await sandbox.deliver()).toBe(0)
      await sandbox.clock.advance(60_000)
      expect(await sandbox.deliver()).toBe(5)
    })

    test('go to every endpoint that wants them, and a rolled secret signs beside the new one', async () => {
      const seen: { url: string; body: string; signature: string }[] = []
      await open({
        fetch: async (input, init) => {
          const headers = new Headers(init?.headers)
          seen.push({ url: String(input), body: String(init?.body), signature: headers.get('stripe-signature')! })
          return new Response('ok')
        },
      })
      const url = 'http://other.example/hook'
      const endpoint = await stripe.webhookEndpoints.create({ url, enabled_events: ['checkout.session.completed'] })
      expect(endpoint.secret).toMatch(/^whsec_/)
      expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty('secret')
      const rolled = await sandbox.rollSecret(endpoint.id)
      await paid()
      await sandbox.deliver()
      expect(seen.filter((one) => one.url !== url)).toHaveLength(5)
      const [only, ...more] = seen.filter((one) => one.url === url)
      expect(more).toHaveLength(0)
      for (const secret of [endpoint.secret!, rolled]) {
        const event = await stripe.webhooks.constructEventAsync(only!.body, only!.signature, secret)
        expect(event.type).toBe('checkout.session.completed')
      }
      await stripe.webhookEndpoints.del(endpoint.id)
      expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
    })
  })

  test('the mailbox keeps what was sent, and shows it', async () => {
    const transporter = createTransport(sandbox.mailbox.transport)
    await transporter.sendMail({
      from: 'Shop <shop@example.com>',
      to: 'payer@example.com',
      subject: '收据 <1>',
      html: '<p style="color:red">谢谢 <a href="http://localhost:3000/a?b=1&amp;c=2">看看</a></p>',
      text: '谢谢',
    })
    const [mail] = await sandbox.mailbox.list()
    expect(mail).toMatchObject({ from: 'shop@example.com', to: 'payer@example.com', subject: '收据 <1>', text: '谢谢' })
    const list = await (await sandbox.app.request('/mailbox')).text()
    expect(list).toContain('收据 &lt;1&gt;')
    const single = await (await sandbox.app.request(`/mailbox/${mail!.id}`)).text()
    expect(single).toContain('href="http://localhost:3000/a?b=1&amp;c=2"')
    const frame = await sandbox.app.request(`/mailbox/${mail!.id}/html`)
    expect(frame.headers.get('content-security-policy')).toContain('sandbox')
    expect(await frame.text()).toContain('谢谢')
  })

  test('the panel lists what happened, delivers again, and switches chaos', async () => {
    await sandbox.pay((await tip()).id)
    await sandbox.deliver()
    expect(await (await sandbox.app.request('/')).text()).toContain('checkout.session.completed')
    const press = (path: string, form: Record<string, string> = {}) =>
      sandbox.app.request(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { origin: 'http://localhost' },
      })

    const { data } = await stripe.events.list({ type: 'checkout.session.completed', limit: 1 })
    received = []
    await press(`/panel/events/${data[0]!.id}/deliver`)
    await sandbox.deliver()
    expect(received.map(({ id }) => id)).toEqual([data[0]!.id])

    await press('/panel/chaos', { duplicate: 'on', delay: '500' })
    expect(await sandbox.chaos.get()).toEqual({ duplicate: true, reorder: false, lose: false, delay: 500 })
  })
})
