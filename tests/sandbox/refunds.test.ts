import type Stripe from 'stripe'
import { beforeEach, expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { DAY, type LocalStripe, openLocalStripe, problem, typesOf } from '../support/local-stripe.ts'

// Refunds on the local Stripe, as the official SDK sees them.

onBothDatabases('a refund on the sandbox', (database) => {
  let local: LocalStripe
  let stripe: Stripe
  beforeEach(async () => {
    local = await openLocalStripe(database)
    stripe = local.stripe
  })

  const transactionOf = (id: unknown) => stripe.balanceTransactions.retrieve(id as string)

  test('by card is made at once, in part and then in full, and the charge adds them up', async () => {
    const charge = await local.charge()
    const events = await local.eventsOf(async () => {
      const first = await stripe.refunds.create({ charge: charge.id, amount: 1600, metadata: { order: '7' } })
      expect(first).toMatchObject({
        amount: 1600,
        charge: charge.id,
        currency: 'cny',
        metadata: { order: '7' },
        payment_intent: charge.payment_intent,
        reason: null,
        status: 'succeeded',
      })
      expect(first.id).toMatch(/^re_/)
      expect(await transactionOf(first.balance_transaction)).toMatchObject({
        amount: -1600,
        fee: 0,
        net: -1600,
        reporting_category: 'refund',
        source: first.id,
        type: 'refund',
      })
      expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 1600, refunded: false })
      const reason = 'requested_by_customer'
      const rest = await stripe.refunds.create({ payment_intent: charge.payment_intent as string, reason })
      expect(rest).toMatchObject({ amount: 5000, reason })
    })
    expect(typesOf(events)).toEqual(['refund.created', 'charge.refunded', 'refund.created', 'charge.refunded'])
    expect(events[1]!.data).toMatchObject({
      object: { amount_refunded: 1600, refunded: false },
      previous_attributes: { amount_refunded: 0 },
    })
    expect(events[3]!.data).toMatchObject({
      object: { amount_refunded: 6600, refunded: true },
      previous_attributes: { amount_refunded: 1600, refunded: false },
    })
    // Stripe keeps its fee.
    const fee = (await transactionOf(charge.balance_transaction)).fee
    const { available, pending } = await local.balance()
    expect(available + pending).toBe(-fee)

    const whole = await stripe.charges.retrieve(charge.id, { expand: ['refunds.data.balance_transaction'] })
    expect(whole.refunds!.data.map(({ amount }) => amount)).toEqual([5000, 1600])
    expect(whole.refunds!.data[0]!.balance_transaction).toMatchObject({ source: whole.refunds!.data[0]!.id })
    expect(charge).not.toHaveProperty('refunds')
  })

  test('can be found, changed and followed to its charge', async () => {
    const charge = await local.charge()
    const { id } = await stripe.refunds.create({ charge: charge.id, amount: 100, metadata: { a: '1' } })
    await stripe.refunds.create({ charge: (await local.charge()).id })
    for (const filter of [{ charge: charge.id }, { payment_intent: charge.payment_intent as string }]) {
      expect((await stripe.refunds.list(filter)).data.map((refund) => refund.id)).toEqual([id])
    }
    const [event] = await local.eventsOf(() => stripe.refunds.update(id, { metadata: { b: '2' } }))
    expect(event).toMatchObject({ type: 'refund.updated', data: { previous_attributes: { metadata: { a: '1' } } } })
    const refund = await stripe.refunds.retrieve(id, { expand: ['charge', 'balance_transaction.source'] })
    expect(refund.metadata).toEqual({ a: '1', b: '2' })
    expect(refund.charge).toMatchObject({ object: 'charge', amount_refunded: 100 })
    expect((refund.balance_transaction as Stripe.BalanceTransaction).source).toMatchObject({ object: 'refund', id })
    expect((await problem(stripe.refunds.cancel(id))).message).toContain('requires_action')
  })

  test('that Stripe would refuse is refused in its words', async () => {
    const { id: charge, payment_intent } = await local.charge()
    const refuse = (params: Stripe.RefundCreateParams) => problem(stripe.refunds.create(params))
    expect(await refuse({ charge, amount: 6601 })).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount (¥66.01) is greater than charge amount (¥66.00)',
    })
    await stripe.refunds.create({ charge, amount: 600 })
    expect((await refuse({ charge, amount: 6001 })).message).toBe(
      'Refund amount (¥60.01) is greater than unrefunded amount on charge (¥60.00)',
    )
    await stripe.refunds.create({ charge })
    expect(await refuse({ charge })).toMatchObject({
      code: 'charge_already_refunded',
      message: `Charge ${charge} has already been refunded.`,
    })
    expect(await refuse({ payment_intent: payment_intent as string })).toMatchObject({
      code: 'charge_already_refunded',
    })
    expect(await refuse({ charge, amount: 0 })).toMatchObject({ param: 'amount' })
    expect(await refuse({ charge: 'ch_no' })).toMatchObject({ code: 'resource_missing', param: 'charge' })
    expect((await refuse({})).message).toContain('payment_intent or charge')
    expect(await refuse({ charge, reason: 'bored' })).toMatchObject({ param: 'reason' })
    await local.charge({ card: '4000000000000002' }).catch(() => {})
    const [failed] = (await stripe.charges.list({ limit: 1 })).data
    expect((await refuse({ charge: failed!.id })).message).toContain('was not paid')
  })

  test('is made once, however many ask at the same time', async () => {
    const { id: charge } = await local.charge()
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => stripe.refunds.create({ charge })))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const together = await local.charge()
    const key = { idempotencyKey: 'refund-once' }
    const params = { charge: together.id, amount: 100 }
    const once = [await stripe.refunds.create(params, key), await stripe.refunds.create(params, key)]
    expect(once[1]!.id).toBe(once[0]!.id)
    expect(await stripe.charges.retrieve(together.id)).toMatchObject({ amount_refunded: 100 })
    await local.balance()
  })

  test('and time do not stand in each other’s way', async () => {
    local = await openLocalStripe(database, { settleAfterMs: 1, refundAfterMs: 1 })
    stripe = local.stripe
    const charges: string[] = []
    for (let index = 0; index < 6; index++) charges.push((await local.charge()).id)
    const asked = charges.flatMap((charge) => [local.sandbox.deliver(), stripe.refunds.create({ charge, amount: 100 })])
    await Promise.all(asked)
    await local.sandbox.clock.advance(1000)
    const types = typesOf((await stripe.events.list({ limit: 100 })).data)
    for (const type of ['charge.updated', 'charge.refunded', 'refund.updated']) {
      expect(types.filter((one) => one === type)).toHaveLength(6)
    }
    await local.balance()
  })

  test('before the fee is known settles the charge first', async () => {
    local = await openLocalStripe(database, { settleAfterMs: 60_000 })
    stripe = local.stripe
    const { id: charge } = await local.charge()
    const events = await local.eventsOf(() => stripe.refunds.create({ charge }))
    expect(typesOf(events)).toEqual(['charge.updated', 'refund.created', 'charge.refunded'])
    expect(typesOf(await local.eventsOf(() => local.sandbox.settle()))).toEqual([])
    expect((await stripe.balanceTransactions.list()).data).toHaveLength(2)
  })

  test('to a wallet is pending until the wallet answers', async () => {
    for (const method of ['alipay', 'wechat_pay'] as const) {
      const { id: charge } = await local.charge({ method })
      const refund = await stripe.refunds.create({ charge })
      expect(refund).toMatchObject({
        destination_details: { type: method },
        pending_reason: 'processing',
        status: 'pending',
      })
      expect(refund.id).toMatch(/^pyr_/)
      expect(await transactionOf(refund.balance_transaction)).toMatchObject({ type: 'payment_refund', amount: -6600 })
      expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 6600, refunded: true })
      expect(typesOf(await local.eventsOf(() => local.sandbox.deliver()))).toEqual([])

      const events = await local.eventsOf(() => local.sandbox.clock.advance(5000))
      expect(typesOf(events)).toEqual(['charge.refund.updated', 'refund.updated'])
      expect(events[1]!.data.previous_attributes).toMatchObject({ pending_reason: 'processing', status: 'pending' })
      const done = await stripe.refunds.retrieve(refund.id)
      expect(done.status).toBe('succeeded')
      expect(done).not.toHaveProperty('pending_reason')
    }
    const { id } = await stripe.refunds.create({ charge: (await local.charge({ method: 'alipay' })).id })
    await local.sandbox.succeedRefund(id)
    expect(await stripe.refunds.retrieve(id)).toMatchObject({ status: 'succeeded' })
    expect(typesOf(await local.eventsOf(() => local.sandbox.clock.advance(DAY)))).not.toContain('refund.updated')
  })

  test('to a wallet is through when the test settles, which leaves a card’s reference to time', async () => {
    const wallet = await stripe.refunds.create({ charge: (await local.charge({ method: 'wechat_pay' })).id })
    const card = await stripe.refunds.create({ charge: (await local.charge()).id })
    const events = await local.eventsOf(() => local.sandbox.settle())
    expect(typesOf(events)).toEqual(['charge.refund.updated', 'refund.updated'])
    expect(events[1]!.data.object).toMatchObject({ id: wallet.id, status: 'succeeded' })
    expect(typesOf(await local.eventsOf(() => local.sandbox.settle()))).toEqual([])
    const later = await local.eventsOf(() => local.sandbox.clock.advance(5000))
    expect(later.map(({ data }) => (data.object as Stripe.Refund).id)).toEqual([card.id])
    await local.balance()
  })

  test('that fails brings the money back, and can be made again', async () => {
    const charge = await local.charge({ method: 'alipay' })
    const { net } = await transactionOf(charge.balance_transaction)
    const { id } = await stripe.refunds.create({ charge: charge.id })
    const events = await local.eventsOf(() => local.sandbox.failRefund(id, 'declined'))
    expect(typesOf(events)).toEqual(['charge.refund.updated', 'refund.updated', 'refund.failed'])
    const failed = await stripe.refunds.retrieve(id, { expand: ['failure_balance_transaction'] })
    expect(failed).toMatchObject({
      failure_balance_transaction: { amount: 6600, fee: 0, source: id, type: 'refund_failure' },
      failure_reason: 'declined',
      status: 'failed',
    })
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 0, refunded: false })
    const { available, pending } = await local.balance()
    expect(available + pending).toBe(net)
    expect(typesOf(await local.eventsOf(() => local.sandbox.failRefund(id)))).toEqual([])
    expect(await stripe.refunds.create({ charge: charge.id })).toMatchObject({ amount: 6600 })
  })

  test('by Stripe’s test cards waits, or fails after it had succeeded', async () => {
    const later = await stripe.refunds.create({ charge: (await local.charge({ card: '4000000000007726' })).id })
    const fails = await stripe.refunds.create({ charge: (await local.charge({ card: '4000000000005126' })).id })
    expect([later.status, fails.status]).toEqual(['pending', 'succeeded'])
    const events = await local.eventsOf(() => local.sandbox.clock.advance(5000))
    expect(typesOf(events)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.updated', 'refund.failed'])
    expect(await stripe.refunds.retrieve(later.id)).toMatchObject({ status: 'succeeded' })
    expect(await stripe.refunds.retrieve(fails.id)).toMatchObject({
      failure_reason: 'expired_or_canceled_card',
      status: 'failed',
    })
  })

  test('by card is found by a reference after a while', async () => {
    const { id } = await stripe.refunds.create({ charge: (await local.charge()).id })
    const [event] = await local.eventsOf(() => local.sandbox.clock.advance(5000))
    expect(event).toMatchObject({ type: 'refund.updated', request: { id: null } })
    const card = (await stripe.refunds.retrieve(id)).destination_details!.card!
    expect(card).toMatchObject({ reference_status: 'available', reference: expect.any(String) })
    await local.balance()
  })

  test('of a payment in a foreign currency is taken out at the day’s rate', async () => {
    local = await openLocalStripe(database, { settlementCurrency: 'usd' })
    stripe = local.stripe
    const charge = await local.charge()
    const refund = await stripe.refunds.create({ charge: charge.id, amount: 3300 })
    const came = await transactionOf(charge.balance_transaction)
    const went = await transactionOf(refund.balance_transaction)
    expect([came.currency, went.currency, refund.currency]).toEqual(['usd', 'usd', 'cny'])
    expect(went.amount).toBe(-Math.round(3300 * went.exchange_rate!))
    // The fee of the conversion stays with Stripe.
    expect(went.exchange_rate).toBeGreaterThan(came.exchange_rate!)
    await local.balance('usd')
  })

  test('is a button on the panel, and so is its failure', async () => {
    const { id: charge } = await local.charge({ method: 'wechat_pay' })
    expect((await local.press(`charges/${charge}/half`)).status).toBe(303)
    expect((await local.press(`charges/${charge}/refund`)).status).toBe(303)
    expect((await local.press(`charges/${charge}/refund`)).status).toBe(409)
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 6600, refunded: true })
    const [second, first] = (await stripe.refunds.list()).data
    await local.press(`refunds/${first!.id}/fail`)
    await local.press(`refunds/${second!.id}/succeed`)
    expect((await stripe.refunds.list()).data.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
    const panel = await (await local.sandbox.app.request('/', { headers: { 'accept-language': 'en' } })).text()
    expect(panel).toContain(`/sandbox/panel/refunds/${second!.id}/fail`)
    expect(panel).not.toContain(`/sandbox/panel/refunds/${first!.id}/`)
  })
})
