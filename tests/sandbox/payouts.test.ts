import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { clientOf, DAY, openLocalStripe, problem, typesOf } from '../support/local-stripe.ts'

// Payouts, fees and the balance of the local Stripe, as the official SDK sees them.

onBothDatabases('the balance of the sandbox', (database) => {
  test('becomes available by itself at the day’s beginning, and says so once', async () => {
    const local = await openLocalStripe(database)
    const charges = [await local.charge(), await local.charge({ method: 'alipay' })]
    const before = await local.balance()
    expect(before).toMatchObject({ available: 0 })
    const { available_on } = await local.stripe.balanceTransactions.retrieve(charges[0]!.balance_transaction as string)
    expect(available_on % 86_400).toBe(0)

    const events = await local.eventsOf(() => local.sandbox.clock.advance(3 * DAY))
    expect(typesOf(events)).toEqual(['balance.available'])
    expect(events[0]).toMatchObject({
      created: available_on,
      data: { object: { object: 'balance', available: [{ amount: before.pending, currency: 'cny' }] } },
    })
    expect(await local.balance()).toEqual({ available: before.pending, pending: 0 })

    await local.charge({ card: '4000000000000077' })
    expect(await local.balance()).toMatchObject({ pending: 0 })
  })

  test('goes out by a manual payout, which arrives days later', async () => {
    const local = await openLocalStripe(database)
    const { stripe, sandbox } = local
    await local.charge({ card: '4000000000000077' })
    const { available } = await local.balance()
    const refused = await problem(stripe.payouts.create({ amount: available + 1, currency: 'cny' }))
    expect(refused).toMatchObject({ code: 'balance_insufficient', statusCode: 400 })

    const created = await local.eventsOf(() => stripe.payouts.create({ amount: 1000, currency: 'cny' }))
    expect(typesOf(created)).toEqual(['payout.created'])
    const [payout] = (await stripe.payouts.list({ status: 'pending', expand: ['data.balance_transaction'] })).data
    expect(payout).toMatchObject({
      amount: 1000,
      automatic: false,
      balance_transaction: { amount: -1000, fee: 0, reporting_category: 'payout', source: payout!.id, type: 'payout' },
      reconciliation_status: 'not_applicable',
    })
    expect(await local.balance()).toMatchObject({ available: available - 1000 })
    expect((await problem(stripe.balanceTransactions.list({ payout: payout!.id }))).message).toContain('manual')

    expect(typesOf(await local.eventsOf(() => sandbox.clock.advance(DAY / 24)))).toEqual(['payout.updated'])
    expect(await stripe.payouts.retrieve(payout!.id)).toMatchObject({ status: 'in_transit' })
    const arrived = await local.eventsOf(() => sandbox.clock.advance(3 * DAY))
    expect(typesOf(arrived)).toEqual(['payout.updated', 'payout.paid'])
    expect(arrived[1]!.created).toBe(payout!.arrival_date)
    expect((await stripe.payouts.list({ arrival_date: { gte: payout!.arrival_date } })).data).toHaveLength(1)
  })

  test('gets a payout back that fails after it was paid, or that is cancelled', async () => {
    const local = await openLocalStripe(database)
    const { stripe, sandbox } = local
    await local.charge({ card: '4000000000000077' })
    const before = await local.balance()
    const { id, amount } = await sandbox.payout()
    expect(amount).toBe(before.available)
    await sandbox.clock.advance(4 * DAY)
    expect(await stripe.payouts.retrieve(id)).toMatchObject({ status: 'paid' })
    const events = await local.eventsOf(() => sandbox.failPayout(id, 'no_account'))
    expect(typesOf(events)).toEqual(['payout.updated', 'payout.failed'])
    expect(await stripe.payouts.retrieve(id, { expand: ['failure_balance_transaction'] })).toMatchObject({
      failure_balance_transaction: { amount, source: id, type: 'payout_failure' },
      failure_code: 'no_account',
      status: 'failed',
    })
    expect(await local.balance()).toEqual(before)
    await expect(sandbox.failPayout(id)).rejects.toThrow('already failed')

    const next = await stripe.payouts.create({ amount: 500, currency: 'cny', metadata: { a: '1' } })
    expect(await stripe.payouts.update(next.id, { metadata: { b: '2' } })).toMatchObject({
      metadata: { a: '1', b: '2' },
    })
    const cancelled = await local.eventsOf(() => stripe.payouts.cancel(next.id))
    expect(typesOf(cancelled)).toEqual(['payout.updated', 'payout.canceled'])
    expect(await local.balance()).toEqual(before)
    expect(typesOf(await local.eventsOf(() => sandbox.clock.advance(4 * DAY)))).toEqual([])
    await problem(stripe.payouts.cancel(next.id))
  })

  test('goes out daily, if the account is set so, and each payout names what it consists of', async () => {
    const local = await openLocalStripe(database, { payouts: 'daily' })
    const { stripe, sandbox } = local
    const first = await local.charge()
    await sandbox.clock.advance(DAY)
    const second = await local.charge()
    await stripe.refunds.create({ charge: second.id, amount: 600 })
    const events = await local.eventsOf(() => sandbox.clock.advance(10 * DAY))
    expect(typesOf(events).filter((type) => type === 'payout.paid')).toHaveLength(2)
    expect(typesOf(events).filter((type) => type === 'payout.reconciliation_completed')).toHaveLength(2)
    // Each event at its own time, in order, on the way.
    const times = events.map(({ created }) => created)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(86_400)

    const payouts = (await stripe.payouts.list()).data.reverse()
    expect(payouts.map(({ automatic, status }) => [automatic, status])).toEqual(Array(2).fill([true, 'paid']))
    const contents = await Promise.all(payouts.map(({ id: payout }) => stripe.balanceTransactions.list({ payout })))
    for (const [index, { data }] of contents.entries()) {
      expect(data.reduce((sum, { net }) => sum + net, 0)).toBe(0)
      expect(data.map(({ type }) => type)).toContain('payout')
      expect(data.find(({ type }) => type === 'payout')!.source).toBe(payouts[index]!.id)
    }
    const sources = contents.flatMap(({ data }) => data.map(({ source }) => source))
    expect(sources).toEqual(expect.arrayContaining([first.id, second.id]))
    expect(await local.balance()).toEqual({ available: 0, pending: 0 })
  })

  test('pays fees, and has entries of types that nobody has seen', async () => {
    const local = await openLocalStripe(database)
    const fee = await local.sandbox.stripeFee()
    expect(fee).toMatchObject({ type: 'stripe_fee', reporting_category: 'fee', fee: 0, net: -1429, source: null })
    await local.sandbox.stripeFee({ amount: 100, description: 'Radar' })
    const odd = await local.sandbox.adjust({ type: 'moon_tax', amount: -700, fee: 3, currency: 'hkd' })
    expect(odd).toMatchObject({ net: -703, reporting_category: 'moon_tax' })
    await local.sandbox.adjust({ type: 'adjustment', amount: 50 })
    expect(await local.balance()).toEqual({ available: -1429 - 100 + 50, pending: 0 })
    expect(await local.balance('hkd')).toEqual({ available: -703, pending: 0 })
    const { data } = await local.stripe.balanceTransactions.list({ type: 'moon_tax' })
    expect(data.map(({ id }) => id)).toEqual([odd.id])
  })

  test('is on the panel, with its buttons', async () => {
    const local = await openLocalStripe(database)
    await local.charge({ card: '4000000000000077' })
    await local.press('balance/cny/fee')
    await local.press('balance/cny/payout')
    expect(await local.balance()).toEqual({ available: 0, pending: 0 })
    const [payout] = (await local.stripe.payouts.list()).data
    await local.press(`payouts/${payout!.id}/bounce`)
    expect(await local.balance()).toEqual({ available: payout!.amount, pending: 0 })
    expect((await local.press('balance/cny/fee')).headers.get('location')).toBe('/sandbox')
  })

  test('survives a restart, with what is under way', async () => {
    const local = await openLocalStripe(database, { settleAfterMs: 1000 })
    const { id } = await local.charge({ card: '4000000000000259' })
    const wallet = await local.charge({ method: 'alipay' })
    const refund = await local.stripe.refunds.create({ charge: wallet.id })
    const again = await local.reopen()
    const stripe = clientOf(again)
    await again.clock.advance(11 * DAY)
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' })
    const [dispute] = (await stripe.disputes.list({ charge: id })).data
    expect(dispute).toMatchObject({ status: 'lost' })
    const { created } = await stripe.charges.retrieve(id)
    expect(dispute!.created - created).toBeLessThanOrEqual(11)
    const late: Stripe.Event[] = (await stripe.events.list({ type: 'charge.dispute.closed' })).data
    expect(late[0]!.created).toBe(dispute!.evidence_details.due_by)
    await local.balance()
  })
})
