import { expect, test } from 'vitest'
import { onBothDatabases } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'

onBothDatabases('the books', (database) => {
  test('a refund in two parts, one of which fails: rows, mails, and sums', async () => {
    const shop = await openShop(database)
    const { id } = await paidTip(shop)
    const part = await shop.stripe.refunds.create({ payment_intent: id, amount: 200, reason: 'requested_by_customer' })
    await shop.quiet()
    const rest = await shop.stripe.refunds.create({ payment_intent: id, metadata: { asked_by: 'owner' } })
    await shop.quiet()
    expect((await paymentOf(shop, id)).refunded).toBe(660)
    await shop.sandbox.failRefund(rest.id)
    await shop.quiet()
    const refunds = await shop.db.selectFrom('refunds').selectAll().orderBy('amount').execute()
    expect(refunds).toMatchObject([
      {
        id: part.id,
        payment_id: id,
        amount: 200,
        status: 'succeeded',
        reason: 'requested_by_customer',
        asked_by: null,
      },
      { id: rest.id, payment_id: id, amount: 460, status: 'failed', asked_by: 'owner' },
    ])
    expect((await paymentOf(shop, id)).refunded).toBe(200)
    expect(await mailKeys(shop)).toEqual([
      'first-payment',
      `receipt:${id}`,
      `refund-failed:${rest.id}`,
      ...[`refund:${part.id}`, `refund:${rest.id}`].toSorted(),
    ])
    const categories = await shop.db
      .selectFrom('balance_transactions')
      .select(['reporting_category', 'amount'])
      .execute()
    expect(categories.toSorted((a, b) => a.amount - b.amount)).toEqual([
      { reporting_category: 'refund', amount: -460 },
      { reporting_category: 'refund', amount: -200 },
      { reporting_category: 'refund_failure', amount: 460 },
      { reporting_category: 'charge', amount: 660 },
    ])
    await expectStripesBalance(shop)
  })

  test('a dispute takes the rights and the money, and a won one brings both back', async () => {
    const shop = await openShop(database)
    const { id } = await paidTip(shop)
    const dispute = await shop.sandbox.dispute((await paymentOf(shop, id)).charge_id!)
    await shop.quiet()
    expect(await paymentOf(shop, id)).toMatchObject({ disputed: 660 })
    const [row] = await shop.db.selectFrom('disputes').selectAll().execute()
    expect(row).toMatchObject({ id: dispute.id, payment_id: id, status: 'needs_response', submissions: 0 })
    expect(row!.due_by!.getTime()).toBeGreaterThan(Date.now())
    await expectStripesBalance(shop)
    await shop.sandbox.winDispute(dispute.id)
    await shop.quiet()
    expect(await paymentOf(shop, id)).toMatchObject({ disputed: 0 })
    expect(await mailKeys(shop)).toEqual([
      `dispute-won:${dispute.id}`,
      `dispute:${dispute.id}`,
      'first-payment',
      `receipt:${id}`,
    ])
    await expectStripesBalance(shop)
  })

  test('an inquiry moves nothing, and is known all the same', async () => {
    const shop = await openShop(database)
    const { id } = await paidTip(shop)
    const inquiry = await shop.sandbox.dispute((await paymentOf(shop, id)).charge_id!, { inquiry: true })
    await shop.quiet()
    expect(await shop.db.selectFrom('disputes').select(['id', 'status']).execute()).toEqual([
      { id: inquiry.id, status: 'warning_needs_response' },
    ])
    expect(await paymentOf(shop, id)).toMatchObject({ disputed: 0 })
    expect(await mailKeys(shop)).toContain(`inquiry:${inquiry.id}`)
    await expectStripesBalance(shop)
  })

  test('payouts leave, and come back when the bank refuses them', async () => {
    const shop = await openShop(database)
    await paidTip(shop)
    await shop.sandbox.clock.advance(10 * 86_400_000)
    const payout = await shop.sandbox.payout()
    await shop.quiet()
    await shop.sandbox.failPayout(payout.id)
    await shop.quiet()
    expect(await shop.db.selectFrom('payouts').select(['id', 'status', 'failure_code']).execute()).toEqual([
      { id: payout.id, status: 'failed', failure_code: 'account_closed' },
    ])
    expect(await mailKeys(shop)).toContain(`payout-failed:${payout.id}`)
    await expectStripesBalance(shop)
  })
})

async function paidTip(shop: Shop) {
  const sent = await shop.visitor().post('/tip', { amount: '660', request: crypto.randomUUID() })
  await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')))
  await shop.quiet()
  return shop.db.selectFrom('payments').select('id').executeTakeFirstOrThrow()
}

function paymentOf({ db }: Shop, id: string) {
  return db.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function mailKeys({ db }: Shop): Promise<string[]> {
  return (await db.selectFrom('mails').select('key').execute()).map(({ key }) => key).toSorted()
}

async function expectStripesBalance({ db, stripe }: Shop): Promise<void> {
  const { available, pending } = await stripe.balance.retrieve()
  const ours = await db
    .selectFrom('balance_transactions')
    .select(({ fn }) => fn.sum<string>('net').as('net'))
    .where('currency', '=', 'cny')
    .executeTakeFirstOrThrow()
  const theirs = [...available, ...pending].filter(({ currency }) => currency === 'cny')
  expect(Number(ours.net)).toBe(theirs.reduce((sum, { amount }) => sum + amount, 0))
}
