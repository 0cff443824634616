import type Stripe from 'stripe'
import { beforeEach, describe, expect, test } from 'vitest'
import { BASE, type Billing, DAY, FAILING_CARD, openBilling, problemOf } from '../support/billing.ts'
import { onBothDatabases } from '../support/databases.ts'

onBothDatabases('a subscription in the sandbox', (database) => {
  let billing: Billing
  beforeEach(async () => {
    billing = await openBilling(database)
  })
  const types = async () => (await billing.told()).map(({ type }) => type)
  const statuses = async () =>
    (await billing.told())
      .filter(({ type }) => type === 'customer.subscription.updated')
      .map(({ data }) => [
        (data.previous_attributes as { status?: string }).status,
        (data.object as Stripe.Subscription).status,
      ])
      .filter(([before]) => before)

  describe('begins on the hosted page', () => {
    test('and its events come in Stripe’s order', async () => {
      const { checkout, sandbox, stripe } = billing
      const session = await checkout({ subscription_data: { metadata: { plan: 'pro' } } })
      expect(session).toMatchObject({
        amount_total: 3300,
        invoice: null,
        mode: 'subscription',
        payment_intent: null,
        payment_method_types: ['card'],
        subscription: null,
      })
      const { redirect } = await sandbox.pay(session.id, { email: 'subscriber@example.com' })
      expect(redirect).toBe(`${BASE}/thanks?session_id=${session.id}`)

      const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice.payments'] })
      expect(done).toMatchObject({
        payment_intent: null,
        payment_status: 'paid',
        status: 'complete',
        subscription: { metadata: { plan: 'pro' }, status: 'active', billing_mode: { type: 'flexible' } },
        invoice: { billing_reason: 'subscription_create', status: 'paid', amount_paid: 3300 },
      })
      const { items, start_date } = done.subscription as Stripe.Subscription
      expect(items.data[0]!.current_period_start).toBe(start_date)
      expect(items.data[0]!.current_period_end - start_date).toBeGreaterThanOrEqual(28 * 86400)
      expect(await types()).toEqual([
        'customer.created',
        'payment_method.attached',
        'customer.subscription.created',
        'invoice.created',
        'invoice.finalized',
        'customer.subscription.updated',
        'invoice.paid',
        'invoice.payment_succeeded',
        'invoice_payment.paid',
        'invoice.updated',
        'payment_intent.created',
        'payment_intent.succeeded',
        'charge.succeeded',
        'checkout.session.completed',
        'charge.updated',
      ])
      const intent = (done.invoice as Stripe.Invoice).payments!.data[0]!.payment.payment_intent as string
      const { data } = await stripe.balanceTransactions.list()
      expect(data[0]).toMatchObject({ amount: 3300, type: 'charge' })
      expect(await stripe.paymentIntents.retrieve(intent)).toMatchObject({ amount: 3300, status: 'succeeded' })
    })

    test('after a declined card, for the same customer or a new one', async () => {
      const { checkout, sandbox, stripe } = billing
      const customer = await stripe.customers.create({ email: 'old@example.com' })
      const { id } = await checkout({ customer: customer.id })
      expect(await sandbox.pay(id, { card: '4000000000000002' })).toMatchObject({ status: 'declined' })
      expect((await stripe.subscriptions.list()).data).toHaveLength(0)
      expect(await sandbox.pay(id, { card: '4000002500003155' })).toMatchObject({ status: 'requires_action' })
      expect(await sandbox.authenticate(id)).toMatchObject({ status: 'paid' })
      const { data } = await stripe.subscriptions.list({ customer: customer.id })
      expect(data).toMatchObject([{ status: 'active', customer: customer.id }])
      expect((await types()).filter((type) => type === 'payment_intent.created')).toHaveLength(1)
      expect((await stripe.customers.list()).data).toHaveLength(1)
    })

    test('with a trial: free, announced, then paid', async () => {
      const { subscribe, sandbox, again, stripe } = billing
      const subscription = await subscribe({ subscription_data: { trial_period_days: 7 } })
      expect(subscription).toMatchObject({ status: 'trialing', trial_end: subscription.start_date + 7 * 86400 })
      const [session] = (await stripe.checkout.sessions.list()).data
      expect(session).toMatchObject({ amount_total: 0, payment_status: 'no_payment_required' })
      expect((await stripe.charges.list()).data).toHaveLength(0)
      await billing.told()

      await sandbox.clock.advance(4 * DAY + 1000)
      expect(await types()).toEqual(['customer.subscription.trial_will_end'])
      await sandbox.clock.advance(3 * DAY + 3_700_000)
      expect(await again(subscription)).toMatchObject({ status: 'active' })
      expect((await stripe.charges.list()).data).toMatchObject([{ amount: 3300, paid: true }])
    })

    test('in the payer’s words, and never with a wallet', async () => {
      const { checkout, page, press, sandbox } = billing
      const { id } = await checkout({ locale: 'zh' })
      const text = await (await page(`/checkout/${id}`)).text()
      for (const part of ['每月 ¥33.00', '订阅', '银行卡']) expect(text).toContain(part)
      expect(text).not.toContain('支付宝')
      expect(await problemOf(sandbox.pay(id, { method: 'alipay' }))).toMatchObject({ status: 400 })

      const trial = await checkout({ locale: 'en', subscription_data: { trial_period_days: 3 } })
      const english = await (await page(`/checkout/${trial.id}`)).text()
      for (const part of ['3 days free', 'Then ¥33.00 per month', 'Start trial']) expect(english).toContain(part)
      const form = { method: 'card', email: 'a@example.com', number: '4242424242424242', expiry: '12/34', cvc: '123' }
      expect((await press(`/checkout/${trial.id}`, form)).status).toBe(303)
    })
  })

  test('renews each month: a draft, an hour, the money', async () => {
    const { subscribe, sandbox, again, invoicesOf, stripe } = billing
    const subscription = await subscribe()
    await billing.told()
    const [{ current_period_end: end }] = subscription.items.data as [Stripe.SubscriptionItem]
    await sandbox.clock.advance(end * 1000 - (await sandbox.clock.now()) + 1000)
    expect(await types()).toEqual(['invoice.created', 'customer.subscription.updated'])
    expect((await invoicesOf(subscription))[0]).toMatchObject({ status: 'draft', auto_advance: true })
    await sandbox.clock.advance(3600 * 1000)
    expect(await types()).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'payment_intent.succeeded',
      'charge.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'charge.updated',
    ])
    await sandbox.renew(subscription.id)
    await sandbox.renew(subscription.id)
    const invoices = await invoicesOf(subscription)
    expect(invoices.map((one) => [one.status, one.amount_paid, one.billing_reason])).toEqual([
      ['paid', 3300, 'subscription_cycle'],
      ['paid', 3300, 'subscription_cycle'],
      ['paid', 3300, 'subscription_cycle'],
      ['paid', 3300, 'subscription_create'],
    ])
    const starts = invoices.map(({ lines }) => lines.data[0]!.period)
    expect(starts[2]!.start).toBe(starts[3]!.end)
    expect((await again(subscription)).items.data[0]!.current_period_end).toBe(starts[0]!.end)
    // Time did it, nobody asked.
    const { data } = await stripe.events.list({ type: 'invoice.paid', limit: 3 })
    expect(data.map(({ request }) => request?.id)).toEqual([null, null, null])
  })

  describe('whose payment fails', () => {
    test('is past due, and recovers when the retry succeeds', async () => {
      const { subscribe, sandbox, again, invoicesOf, stripe } = billing
      const subscription = await subscribe()
      await sandbox.failNextPayment(subscription.customer as string)
      await billing.told()
      await sandbox.renew(subscription.id)
      const events = await billing.told()
      expect(events.map(({ type }) => type).slice(2)).toEqual([
        'invoice.finalized',
        'payment_intent.created',
        'payment_intent.payment_failed',
        'charge.failed',
        'invoice.payment_failed',
        'invoice.updated',
        'customer.updated',
        'customer.subscription.updated',
      ])
      const failed = events.find(({ type }) => type === 'invoice.payment_failed')!.data.object as Stripe.Invoice
      expect(failed).toMatchObject({ attempt_count: 1, status: 'open' })
      expect(failed.next_payment_attempt! - events.at(-1)!.created).toBe(3 * 86400)
      expect(await again(subscription)).toMatchObject({ status: 'past_due' })
      expect(await stripe.customers.retrieve(subscription.customer as string)).toMatchObject({ delinquent: true })

      await sandbox.clock.advance(3 * DAY)
      expect(await statuses()).toEqual([['past_due', 'active']])
      expect((await invoicesOf(subscription))[0]).toMatchObject({ status: 'paid', attempt_count: 2 })
      expect(await stripe.customers.retrieve(subscription.customer as string)).toMatchObject({ delinquent: false })
    })

    test('recovers at once when the card is replaced', async () => {
      const { subscribe, sandbox } = billing
      const subscription = await subscribe()
      await sandbox.replaceCard(subscription.customer as string, FAILING_CARD)
      await sandbox.renew(subscription.id)
      expect(await statuses()).toEqual([
        ['incomplete', 'active'],
        ['active', 'past_due'],
      ])
      await sandbox.replaceCard(subscription.customer as string)
      expect(await statuses()).toEqual([['past_due', 'active']])
    })

    test('ends when every retry failed, or stays unpaid, as the account wishes', async () => {
      const { subscribe, sandbox, again, invoicesOf } = billing
      const subscription = await subscribe()
      await sandbox.replaceCard(subscription.customer as string, FAILING_CARD)
      await sandbox.renew(subscription.id)
      await billing.told()
      await sandbox.clock.advance(15 * DAY)
      const events = await billing.told()
      expect(events.filter(({ type }) => type === 'invoice.payment_failed')).toHaveLength(3)
      expect(events.at(-1)!.type).toBe('customer.subscription.deleted')
      expect(await again(subscription)).toMatchObject({
        status: 'canceled',
        cancellation_details: { reason: 'payment_failed' },
      })
      expect((await invoicesOf(subscription))[0]).toMatchObject({ status: 'open', next_payment_attempt: null })

      await sandbox.dunning.set({ retryDays: [1], afterwards: 'unpaid' })
      const other = await subscribe({}, { email: 'other@example.com' })
      await sandbox.replaceCard(other.customer as string, FAILING_CARD)
      await sandbox.renew(other.id)
      await sandbox.clock.advance(DAY)
      expect(await again(other)).toMatchObject({ status: 'unpaid' })
      await sandbox.renew(other.id)
      expect((await invoicesOf(other))[0]).toMatchObject({ status: 'draft', auto_advance: false })
    })

    test('the first time is incomplete, and gives up after 23 hours', async () => {
      const { customerWithCard, stripe, sandbox, again, month } = billing
      const customer = await customerWithCard('pm_card_chargeCustomerFail')
      const create = (params: Partial<Stripe.SubscriptionCreateParams> = {}) =>
        stripe.subscriptions.create({ customer: customer.id, items: [{ price: month.id }], ...params })
      expect(await problemOf(create({ payment_behavior: 'error_if_incomplete' }))).toMatchObject({
        code: 'card_declined',
        statusCode: 402,
      })
      expect((await stripe.subscriptions.list({ status: 'all' })).data).toHaveLength(0)

      const [given, late] = [await create(), await create()]
      expect(given.status).toBe('incomplete')
      const paid = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await stripe.invoices.pay(given.latest_invoice as string, { payment_method: paid.id })
      expect(await again(given)).toMatchObject({ status: 'active' })
      await billing.told()
      await sandbox.clock.advance(23 * 3600 * 1000)
      expect(await types()).toEqual(['invoice.voided', 'customer.subscription.updated'])
      expect(await again(late)).toMatchObject({ status: 'incomplete_expired' })
      expect((await stripe.subscriptions.list()).data.map(({ id }) => id)).toEqual([given.id])
      expect((await stripe.subscriptions.list({ status: 'ended' })).data.map(({ id }) => id)).toEqual([late.id])
    })
  })

  describe('is canceled', () => {
    test('at the period’s end by the API, unless it is resumed', async () => {
      const { subscribe, sandbox, stripe, again } = billing
      const { id, items } = await subscribe()
      const end = items.data[0]!.current_period_end
      expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject({
        cancel_at: end,
        cancel_at_period_end: true,
        status: 'active',
      })
      expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
      })
      await stripe.subscriptions.update(id, { cancel_at: 'min_period_end' })
      expect(await again({ id })).toMatchObject({ cancel_at: end, cancel_at_period_end: false })
      await billing.told()
      await sandbox.renew(id)
      expect(await types()).toEqual(['customer.subscription.deleted'])
      expect(await again({ id })).toMatchObject({ status: 'canceled', ended_at: end })
    })

    test('now, with what is not used as credit', async () => {
      const { subscribe, stripe, sandbox } = billing
      const { id, customer } = await subscribe()
      await sandbox.clock.advance(10 * DAY)
      await billing.told()
      expect(await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true })).toMatchObject({
        status: 'canceled',
        cancellation_details: { reason: 'cancellation_requested' },
      })
      expect((await types()).at(-1)).toBe('customer.subscription.deleted')
      const { balance } = (await stripe.customers.retrieve(customer as string)) as Stripe.Customer
      expect(balance).toBeLessThan(-2000)
      expect(await problemOf(stripe.subscriptions.cancel(id))).toMatchObject({ code: 'resource_missing' })
    })

    test('while it owes: nobody asks for that money any more', async () => {
      const { subscribe, stripe, sandbox, invoicesOf } = billing
      const { id, customer } = await subscribe()
      await sandbox.replaceCard(customer as string, FAILING_CARD)
      await sandbox.renew(id)
      await stripe.subscriptions.cancel(id)
      await sandbox.clock.advance(10 * DAY)
      const [owed] = await invoicesOf({ id })
      expect(owed).toMatchObject({ attempt_count: 1, auto_advance: false, next_payment_attempt: null, status: 'open' })
    })

    test('in the portal, which sets cancel_at; there it is resumed, switched and paid too', async () => {
      const { subscribe, stripe, sandbox, page, press, dear, again, month } = billing
      const subscription = await subscribe()
      const other = await dear()
      const configuration = await stripe.billingPortal.configurations.create({
        features: {
          invoice_history: { enabled: true },
          payment_method_update: { enabled: true },
          subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ['too_expensive'] } },
          subscription_update: {
            enabled: true,
            default_allowed_updates: ['price'],
            proration_behavior: 'always_invoice',
            products: [{ product: other.product as string, prices: [month.id, other.id] }],
          },
        },
      })
      const session = await stripe.billingPortal.sessions.create({
        configuration: configuration.id,
        customer: subscription.customer as string,
        locale: 'zh',
        return_url: `${BASE}/account`,
      })
      const path = session.url.replace(`${BASE}/sandbox`, '')
      const text = await (await page(path)).text()
      for (const part of [
        `${BASE}/account`,
        '每月 ¥33.00',
        '取消订阅',
        '太贵',
        '换成Pro 每月 ¥99.00',
        'visa •••• 4242',
      ])
        expect(text).toContain(part)

      const own = { subscription: subscription.id }
      await press(`${path}/cancel`, { ...own, feedback: 'too_expensive' })
      const end = subscription.items.data[0]!.current_period_end
      expect(await again(subscription)).toMatchObject({
        cancel_at: end,
        cancel_at_period_end: false,
        cancellation_details: { feedback: 'too_expensive', reason: 'cancellation_requested' },
      })
      expect(await (await page(path)).text()).toContain('继续订阅')
      await press(`${path}/resume`, own)
      expect(await again(subscription)).toMatchObject({ cancel_at: null, canceled_at: null })

      await press(`${path}/switch`, { ...own, price: other.id })
      expect((await again(subscription)).items.data[0]!.price.id).toBe(other.id)
      const declined = await press(`${path}/card`, { number: '4000000000000002', expiry: '12/34', cvc: '123' })
      expect(declined.status).toBe(402)
      await press(`${path}/card`, { number: FAILING_CARD, expiry: '12/34', cvc: '123' })
      await sandbox.renew(subscription.id)
      expect(await (await page(path)).text()).toContain('逾期')
      expect((await press(`${path}/card`, { number: '5555555555554444', expiry: '12/34', cvc: '123' })).status).toBe(
        303,
      )
      expect(await again(subscription)).toMatchObject({ status: 'active' })

      const strange = await subscribe({}, { email: 'stranger@example.com' })
      expect((await press(`${path}/cancel`, { subscription: strange.id })).status).toBe(404)
      expect((await page('/portal/bps_none')).status).toBe(404)
    })
  })

  describe('switches plan', () => {
    test('and pays the difference with the next invoice, or at once, or not at all', async () => {
      const { subscribe, sandbox, stripe, dear, invoicesOf, month } = billing
      const { id, items } = await subscribe()
      const [{ id: item, current_period_start: start, current_period_end: end }] = items.data as [
        Stripe.SubscriptionItem,
      ]
      const other = await dear()
      const half = Math.round((start + end) / 2)
      const to = (price: string, proration_behavior: 'create_prorations' | 'none' | 'always_invoice') =>
        stripe.subscriptions.update(id, {
          items: [{ id: item, price }],
          proration_behavior,
          ...(proration_behavior !== 'none' && { proration_date: half }),
        })
      const preview = await stripe.invoices.createPreview({
        subscription: id,
        subscription_details: { items: [{ id: item, price: other.id }], proration_date: half },
      })
      expect(preview.lines.data.map(({ amount }) => amount)).toEqual([9900, -1650, 4950])
      expect(await invoicesOf({ id })).toHaveLength(1)

      await to(other.id, 'always_invoice')
      expect((await invoicesOf({ id }))[0]).toMatchObject({
        amount_paid: 3300,
        billing_reason: 'subscription_update',
        status: 'paid',
      })
      await to(month.id, 'none')
      await to(other.id, 'create_prorations')
      expect(await invoicesOf({ id })).toHaveLength(2)
      await sandbox.renew(id)
      const [renewal] = await invoicesOf({ id })
      expect(renewal!.amount_paid).toBe(9900 - 1650 + 4950)
      const [, credit] = renewal!.lines.data
      expect(credit).toMatchObject({
        amount: -1650,
        parent: { subscription_item_details: { proration: true, subscription: id, subscription_item: item } },
      })
    })

    test('from month to year: a new period begins, and the rest of the old one is credit', async () => {
      const { subscribe, sandbox, stripe, year, invoicesOf } = billing
      const { id, items } = await subscribe()
      await sandbox.clock.advance(10 * DAY)
      const price = await year()
      const after = await stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, price: price.id }] })
      const [{ current_period_start: start, current_period_end: end }] = after.items.data as [Stripe.SubscriptionItem]
      expect(end - start).toBeGreaterThanOrEqual(365 * 86400)
      const [invoice] = await invoicesOf({ id })
      expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' })
      expect(invoice!.amount_paid).toBeGreaterThan(30_000)
      expect(invoice!.amount_paid).toBeLessThan(33_000)
    })

    test('through its items', async () => {
      const { subscribe, stripe, dear, again } = billing
      const subscription = await subscribe()
      const [item] = (await stripe.subscriptionItems.list({ subscription: subscription.id })).data
      const more = await stripe.subscriptionItems.update(item!.id, { quantity: 3, proration_behavior: 'none' })
      expect(more).toMatchObject({ id: item!.id, quantity: 3 })
      const added = await stripe.subscriptionItems.create({
        subscription: subscription.id,
        price: (await dear()).id,
        proration_behavior: 'none',
      })
      expect((await again(subscription)).items.data.map(({ id }) => id)).toEqual([item!.id, added.id])
      await stripe.subscriptionItems.del(item!.id, { proration_behavior: 'none' })
      expect((await again(subscription)).items.data.map(({ id }) => id)).toEqual([added.id])
    })
  })

  test('stays whole when everybody acts at once', async () => {
    const { subscribe, sandbox, stripe, again, invoicesOf } = billing
    const { id, customer, items } = await subscribe()
    await sandbox.failNextPayment(customer as string)
    await sandbox.renew(id)
    const [owed] = await invoicesOf({ id })
    await Promise.allSettled([
      sandbox.clock.advance(3 * DAY),
      sandbox.replaceCard(customer as string),
      stripe.invoices.pay(owed!.id!),
      stripe.subscriptions.update(id, { items: [{ id: items.data[0]!.id, quantity: 2 }] }),
      sandbox.replaceCard(customer as string),
      sandbox.deliver(),
    ]).then((results) => {
      // Somebody else may have paid already; nobody may be stuck.
      const reasons = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code)
      expect(['', 'invoice_already_paid']).toContain(reasons.join())
    })
    expect(await again({ id })).toMatchObject({ status: 'active', items: { data: [{ quantity: 2 }] } })
    const { data } = await stripe.charges.list({ limit: 100 })
    expect(data.filter(({ paid }) => paid)).toHaveLength(2)
  })

  test('is watched and pushed along from the panel', async () => {
    const { subscribe, page, press, again, sandbox } = billing
    const subscription = await subscribe()
    expect(await (await page('/')).text()).toContain(subscription.id)
    const act = (action: string) => press(`/panel/subscriptions/${subscription.id}/${action}`, {})
    await act('fail')
    await act('renew')
    expect(await again(subscription)).toMatchObject({ status: 'past_due' })
    const before = await sandbox.clock.now()
    await press('/panel/clock', { days: '1' })
    expect((await sandbox.clock.now()) - before).toBeGreaterThanOrEqual(DAY)
    await act('cancel')
    expect(await again(subscription)).toMatchObject({ status: 'canceled' })
  })
})
