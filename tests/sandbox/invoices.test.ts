import type Stripe from 'stripe'
import { beforeEach, describe, expect, test } from 'vitest'
import { BASE, type Billing, DAY, FAILING_CARD, openBilling, problemOf } from '../support/billing.ts'
import { onBothDatabases } from '../support/databases.ts'

onBothDatabases('an invoice in the sandbox', (database) => {
  let billing: Billing
  beforeEach(async () => {
    billing = await openBilling(database)
  })
  const latest = async (subscription: { id: string }) => (await billing.invoicesOf(subscription))[0]!

  test('leads from the subscription to the money and back, where this version has it', async () => {
    const { subscribe, stripe, month } = billing
    const subscription = await subscribe({ subscription_data: { metadata: { plan: 'pro' } } })
    const invoice = await stripe.invoices.retrieve(subscription.latest_invoice as string, {
      expand: ['payments.data.payment.payment_intent', 'parent.subscription_details.subscription', 'customer'],
    })
    for (const gone of ['subscription', 'charge', 'payment_intent', 'paid']) expect(invoice).not.toHaveProperty(gone)
    expect(invoice).toMatchObject({
      number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
      customer: { email: 'subscriber@example.com' },
      parent: {
        type: 'subscription_details',
        subscription_details: { metadata: { plan: 'pro' }, subscription: { id: subscription.id } },
      },
      payments: { data: [{ status: 'paid', payment: { payment_intent: { status: 'succeeded', amount: 3300 } } }] },
    })
    const [line] = invoice.lines.data
    expect(line).toMatchObject({
      amount: 3300,
      description: '1 × Pro (at ¥33.00 / month)',
      parent: { subscription_item_details: { subscription_item: subscription.items.data[0]!.id, proration: false } },
      pricing: { price_details: { price: month.id } },
    })
    expect(line!.period.end).toBe(subscription.items.data[0]!.current_period_end)

    const { data } = await stripe.invoicePayments.list({ invoice: invoice.id! })
    expect(await stripe.invoicePayments.retrieve(data[0]!.id)).toMatchObject({ amount_paid: 3300, invoice: invoice.id })
    const intent = data[0]!.payment.payment_intent as string
    const found = await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent } })
    expect(found.data).toHaveLength(1)
    const paid = await stripe.paymentIntents.retrieve(intent, { expand: ['latest_charge'] })
    for (const object of [paid, paid.latest_charge]) expect(object).not.toHaveProperty('invoice')
    const bare = await stripe.invoices.retrieve(invoice.id!)
    for (const includable of ['payments', 'confirmation_secret']) expect(bare).not.toHaveProperty(includable)
  })

  test('is paid, refused, voided or finalized when somebody asks', async () => {
    const { subscribe, stripe, sandbox, again } = billing
    const subscription = await subscribe()
    await sandbox.replaceCard(subscription.customer as string, FAILING_CARD)
    const [{ current_period_end: end }] = subscription.items.data as [Stripe.SubscriptionItem]
    await sandbox.clock.advance(end * 1000 - (await sandbox.clock.now()) + 1000)
    const draft = await latest(subscription)
    const open = await stripe.invoices.finalizeInvoice(draft.id!, { auto_advance: false })
    expect(open).toMatchObject({ status: 'open', attempt_count: 0 })
    expect(await problemOf(stripe.invoices.finalizeInvoice(draft.id!))).toMatchObject({ code: 'invoice_not_editable' })

    // It is refused, and it happened; the same key gets the same refusal, and no second attempt.
    const pay = () => stripe.invoices.pay(draft.id!, {}, { idempotencyKey: 'pay' })
    for (const attempt of [await problemOf(pay()), await problemOf(pay())]) {
      expect(attempt).toMatchObject({ type: 'StripeCardError', statusCode: 402, decline_code: 'generic_decline' })
    }
    const failed = await stripe.events.list({ type: 'invoice.payment_failed' })
    expect(failed.data).toHaveLength(1)
    expect(await again(subscription)).toMatchObject({ status: 'active' })

    await sandbox.replaceCard(subscription.customer as string)
    expect(await latest(subscription)).toMatchObject({ status: 'paid' })
    expect(await problemOf(stripe.invoices.pay(draft.id!))).toMatchObject({ code: 'invoice_already_paid' })

    await sandbox.failNextPayment(subscription.customer as string)
    await sandbox.renew(subscription.id)
    const owed = await latest(subscription)
    expect(await stripe.invoices.voidInvoice(owed.id!)).toMatchObject({ status: 'void', next_payment_attempt: null })
    await sandbox.clock.advance(4 * DAY)
    expect(await latest(subscription)).toMatchObject({ status: 'void' })
    const { data } = await stripe.invoices.list({ status: 'paid', subscription: subscription.id })
    expect(data).toHaveLength(2)
  })

  test('has a page, where what is owed can be paid, and a receipt', async () => {
    const { subscribe, stripe, sandbox, page, press, again } = billing
    const subscription = await subscribe({}, { card: '4000002760003184' }).catch(() => undefined)
    expect(subscription).toBeUndefined()
    const [session] = (await stripe.checkout.sessions.list()).data
    await sandbox.authenticate(session!.id)
    const [made] = (await stripe.subscriptions.list()).data
    await sandbox.renew(made!.id)
    const events = await billing.told()
    expect(events.map(({ type }) => type)).toContain('invoice.payment_action_required')
    const owed = await latest(made!)
    const path = owed.hosted_invoice_url!.replace(`${BASE}/sandbox`, '')
    expect(await (await page(path)).text()).toContain('Pay ¥33.00')
    const card = { expiry: '12/34', cvc: '123' }
    expect((await press(path, { ...card, number: '4000000000000002' })).status).toBe(402)
    expect((await press(path, { ...card, number: '4242' })).status).toBe(422)
    expect((await press(path, { ...card, number: '4000002760003184' })).status).toBe(303)
    expect(await again(made!)).toMatchObject({ status: 'active' })

    const text = await (await page(path)).text()
    const receipt = /\/sandbox(\/receipts\/ch_\w+)/.exec(text)![1]!
    expect(await (await page(receipt)).text()).toContain('visa •••• 3184')
    const [charge] = (await stripe.charges.list({ limit: 1 })).data
    expect(charge!.receipt_url).toBe(`${BASE}/sandbox${receipt}`)
    expect((await page(`${path}/print`)).status).toBe(200)
    expect((await page('/invoices/in_none')).status).toBe(404)
    expect((await page('/receipts/ch_none')).status).toBe(404)
  })

  test('is previewed without a trace', async () => {
    const { subscribe, stripe, sandbox, customerWithCard, month } = billing
    const subscription = await subscribe()
    await billing.told()
    const next = await stripe.invoices.createPreview({ subscription: subscription.id })
    expect(next).toMatchObject({ amount_due: 3300, billing_reason: 'upcoming', status: 'draft', number: null })
    expect(next.lines.data[0]!.period.start).toBe(subscription.items.data[0]!.current_period_end)
    const { id: customer } = await customerWithCard()
    const first = await stripe.invoices.createPreview({
      customer,
      subscription_details: { items: [{ price: month.id, quantity: 2 }] },
    })
    expect(first.amount_due).toBe(6600)
    expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(0)
    expect((await billing.told()).map(({ type }) => type)).not.toContain('invoice.created')
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
    const problem = await problemOf(stripe.invoices.createPreview({ subscription: subscription.id }))
    expect(problem).toMatchObject({ code: 'invoice_upcoming_none' })
    await sandbox.deliver()
  })

  describe('with a discount', () => {
    test('from a promotion code, typed on the page', async () => {
      const { checkout, stripe, page, press, sandbox, subscribe } = billing
      const coupon = await stripe.coupons.create({ percent_off: 20, duration: 'repeating', duration_in_months: 2 })
      const code = await stripe.promotionCodes.create({
        code: 'SPRING',
        max_redemptions: 1,
        promotion: { type: 'coupon', coupon: coupon.id },
      })
      const { id } = await checkout({ allow_promotion_codes: true, locale: 'en' })
      const wrong = await press(`/checkout/${id}/change`, { code: 'WINTER' })
      expect(wrong.status).toBe(422)
      expect(await wrong.text()).toContain('This code is invalid.')
      await press(`/checkout/${id}/change`, { code: 'spring' })
      const text = await (await page(`/checkout/${id}`)).text()
      for (const part of ['SPRING', '-¥6.60', 'Due today: ¥26.40']) expect(text).toContain(part)
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
        amount_subtotal: 3300,
        amount_total: 2640,
        discounts: [{ coupon: coupon.id, promotion_code: code.id }],
        total_details: { amount_discount: 660 },
      })
      await sandbox.pay(id)

      const [subscription] = (await stripe.subscriptions.list({ expand: ['data.discounts.source.coupon'] })).data
      const [discount] = subscription!.discounts as [Stripe.Discount]
      expect(discount).toMatchObject({ promotion_code: code.id, source: { coupon: { percent_off: 20 } } })
      const first = await latest(subscription!)
      expect(first).toMatchObject({
        amount_paid: 2640,
        subtotal: 3300,
        total_discount_amounts: [{ amount: 660, discount: discount.id }],
      })
      expect(first.lines.data[0]!.discount_amounts).toEqual([{ amount: 660, discount: discount.id }])
      await sandbox.renew(subscription!.id)
      expect((await latest(subscription!)).amount_paid).toBe(2640)
      await sandbox.renew(subscription!.id)
      expect((await latest(subscription!)).amount_paid).toBe(3300)
      expect((await stripe.subscriptions.retrieve(subscription!.id)).discounts).toEqual([])
      expect((await billing.told()).map(({ type }) => type)).toContain('customer.discount.deleted')

      expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ active: false, times_redeemed: 1 })
      const late = await problemOf(subscribe({ allow_promotion_codes: true }, { promotionCode: 'SPRING' }))
      expect(late.message).toBe('This code is invalid.')
    })

    test('of an amount, once, given by the shop; or of everything', async () => {
      const { subscribe, stripe, sandbox, checkout } = billing
      const coupon = await stripe.coupons.create({ id: 'WELCOME', amount_off: 1000, currency: 'cny' })
      const subscription = await subscribe({ discounts: [{ coupon: coupon.id }] })
      expect((await latest(subscription)).amount_paid).toBe(2300)
      await sandbox.renew(subscription.id)
      expect((await latest(subscription)).amount_paid).toBe(3300)

      await stripe.coupons.create({ id: 'FREE', percent_off: 100, duration: 'forever' })
      const session = await checkout({ discounts: [{ coupon: 'FREE' }], payment_method_collection: 'if_required' })
      await sandbox.pay(session.id, { email: 'guest@example.com' })
      expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
        payment_status: 'no_payment_required',
        status: 'complete',
      })
      const [free] = (await stripe.subscriptions.list({ limit: 1 })).data
      expect(free).toMatchObject({ status: 'active', default_payment_method: null })
      await sandbox.renew(free!.id)
      expect(await latest(free!)).toMatchObject({ amount_due: 0, status: 'paid' })
      expect(await problemOf(stripe.coupons.create({ percent_off: 101 }))).toMatchObject({ param: 'percent_off' })
      expect(await problemOf(checkout({ discounts: [{ coupon: 'NONE' }] }))).toMatchObject({ code: 'resource_missing' })
    })
  })

  test('comes with a one-off payment when the shop asks for it', async () => {
    const { stripe, sandbox, page, press } = billing
    const { id } = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: BASE,
      locale: 'en',
      automatic_tax: { enabled: true },
      invoice_creation: { enabled: true, invoice_data: { description: 'Thanks', metadata: { kind: 'tip' } } },
      line_items: [
        {
          quantity: 1,
          adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 },
          price_data: { currency: 'cny', unit_amount: 660, product_data: { name: 'Candy' } },
        },
      ],
    })
    expect(await (await page(`/checkout/${id}`)).text()).toContain('no tax rates')
    expect((await press(`/checkout/${id}/change`, { quantity: '6' })).status).toBe(422)
    expect((await press(`/checkout/${id}/change`, { quantity: '3' })).status).toBe(303)
    await billing.told()
    await sandbox.pay(id, { email: 'one@example.com' })
    const session = await stripe.checkout.sessions.retrieve(id, { expand: ['invoice', 'payment_intent'] })
    expect(session).toMatchObject({
      amount_total: 1980,
      automatic_tax: { enabled: true, status: 'complete' },
      total_details: { amount_tax: 0 },
      invoice: {
        amount_paid: 1980,
        billing_reason: 'manual',
        description: 'Thanks',
        metadata: { kind: 'tip' },
        parent: null,
        status: 'paid',
      },
      payment_intent: { amount: 1980, status: 'succeeded' },
    })
    const types = (await billing.told()).map(({ type }) => type)
    expect(types).toContain('invoice.paid')
    expect(types.slice(-2)).toEqual(['checkout.session.completed', 'charge.updated'])
  })

  test('uses up a customer’s credit first', async () => {
    const { stripe, customerWithCard, month } = billing
    const { id: customer } = await customerWithCard()
    await stripe.customers.update(customer, { balance: -1000 })
    const { latest_invoice } = await stripe.subscriptions.create({
      customer,
      items: [{ price: month.id }],
      expand: ['latest_invoice'],
    })
    expect(latest_invoice).toMatchObject({ amount_due: 2300, amount_paid: 2300, starting_balance: -1000, total: 3300 })
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 0 })
  })

  test('asks for the price of today: old prices are archived, and their key moves on', async () => {
    const { stripe, checkout, month } = billing
    const product = month.product as string
    await stripe.prices.update(month.id, { lookup_key: 'pro', active: false })
    const next = await stripe.prices.create({
      product,
      currency: 'cny',
      unit_amount: 4400,
      recurring: { interval: 'month', interval_count: 3 },
      lookup_key: 'pro',
      transfer_lookup_key: true,
    })
    const { data } = await stripe.prices.list({ lookup_keys: ['pro'], active: true, type: 'recurring' })
    expect(data.map(({ id }) => id)).toEqual([next.id])
    expect((await problemOf(checkout())).message).toContain('inactive')
    const session = await checkout({ line_items: [{ price: next.id, quantity: 1 }] })
    expect(await (await billing.page(`/checkout/${session.id}`)).text()).toContain('every 3 months')
    expect(await stripe.products.update(product, { active: false })).toMatchObject({ active: false })
  })

  const line = { currency: 'cny', unit_amount: 3300, product_data: { name: 'x' } }
  const refused: [what: string, params: object, error: object][] = [
    ['nothing that recurs', { line_items: [{ quantity: 1, price_data: line }] }, { param: 'line_items' }],
    ['a wallet', { allowed_payment_method_types: ['alipay'] }, { param: 'allowed_payment_method_types' }],
    ['payment_intent_data', { payment_intent_data: { description: 'x' } }, { param: 'payment_intent_data' }],
    ['two trials', { subscription_data: { trial_period_days: 1, trial_end: 4_000_000_000 } }, {}],
    ['subscription_data with a one-off', { mode: 'payment', subscription_data: {} }, { statusCode: 400 }],
  ]
  test('cannot be asked for with what Stripe refuses', async () => {
    for (const [what, params, error] of refused) {
      expect(await problemOf(billing.checkout(params)), what).toMatchObject({ statusCode: 400, ...error })
    }
    const { id } = await billing.stripe.customers.create()
    const create = billing.stripe.subscriptions.create({ customer: id, items: [{ price: billing.month.id }] })
    expect((await problemOf(create)).message).toContain('no attached payment source')
  })
})
