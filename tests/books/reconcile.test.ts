import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { reconcileLately } from '../../src/payments/reconcile/hourly.ts'
import { type Reconciled, reconcile } from '../../src/payments/reconcile/reconcile.ts'
import { onBothDatabases } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'

const DAY = 86_400_000
const ALL = { since: null }

onBothDatabases('reconcile', (database) => {
  test('with every webhook of a month lost, makes the books equal by itself', async () => {
    const shop = await openShop(database, { webhooks: false })
    await aMonth(shop)
    const first = await reconcile(shop, { ...ALL, dryRun: true })
    expect(first.unexplained).toBeGreaterThan(8)
    expect(first.healed).toBe(0)
    expect(await countOf(shop, 'payments')).toBe(0)

    const second = await reconcile(shop, ALL)
    expect(second).toMatchObject({ unexplained: 0, differences: [] })
    expect(second.healed).toBeGreaterThan(8)
    expectAgreement(second.balances)
    await shop.quiet()
    const kinds = await shop.db.selectFrom('payments').select('kind').orderBy('kind').execute()
    expect(kinds.map(({ kind }) => kind)).toEqual(['purchase', 'subscription', 'subscription', 'tip', 'tip'])
    expect(await countOf(shop, 'refunds')).toBe(1)
    expect(await countOf(shop, 'disputes')).toBe(1)
    expect(await countOf(shop, 'payouts')).toBe(1)
    expect((await shop.mails()).filter(({ to }) => to === 'payer@example.com').length).toBeGreaterThanOrEqual(5)

    expect(await reconcile(shop, ALL)).toMatchObject({ unexplained: 0, healed: 0 })
    expect(await reconcile(shop, { ...ALL, dryRun: true })).toMatchObject({ unexplained: 0 })
  })

  test('puts right what was spoiled, and tells what Stripe does not know', async () => {
    const shop = await openShop(database)
    await shop.tip()
    await shop.tip()
    await shop.quiet()
    const [payment] = await shop.db.selectFrom('payments').selectAll().execute()
    await sql`update payments set amount = 661, status = 'processing' where id = ${payment!.id}`.execute(shop.db)
    await sql`update balance_transactions set net = net + 1 where payment_id = ${payment!.id}`.execute(shop.db)
    await sql`insert into balance_transactions select 'txn_invented', type, reporting_category, 5, 0, 5, currency, null,
      null, null, null, created_at, available_on from balance_transactions limit 1`.execute(shop.db)

    const lines: string[] = []
    const spoiled = await reconcile(shop, { ...ALL, say: (line) => lines.push(line) })
    expect(spoiled.differences).toMatchObject([{ id: 'txn_invented', what: 'unknown to Stripe' }])
    expect(spoiled).toMatchObject({ unexplained: 1, healed: 1 })
    expect(lines.join('\n')).toMatch(/txn_invented: unknown to Stripe/)
    const [healed] = await shop.db.selectFrom('payments').selectAll().where('id', '=', payment!.id).execute()
    expect(healed).toEqual(payment)
    expect(spoiled.balances).toMatchObject([{ currency: 'cny', ours: spoiled.balances[0]!.stripes + 5 }])
    const check = () => shop.db.selectFrom('balance_checks').selectAll().executeTakeFirstOrThrow()
    // Money may move while one looks: it counts when the next look finds the same.
    const { differs_since, checked_at } = await check()
    expect(differs_since).toBeNull()
    await reconcile(shop, ALL)
    expect((await check()).differs_since).toEqual(checked_at)
    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard')).toMatch(/Off from Stripe by ¥0\.05 since/)
    expect(await owner.read('/dashboard/health')).toMatch(
      /CNY: off from Stripe by ¥0\.05.*txn_invented: unknown to Stripe/,
    )

    await sql`delete from balance_transactions where id = 'txn_invented'`.execute(shop.db)
    expectAgreement((await reconcile(shop, ALL)).balances)
    expect((await check()).differs_since).toBeNull()
    expect(await owner.read('/dashboard')).toContain('Agrees with Stripe to the cent')
  })

  test('of another app’s objects it wants the movements alone', async () => {
    const shop = await openShop(database, { webhooks: false })
    const { stripe } = shop
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://elsewhere.example/',
      line_items: [{ quantity: 1, price_data: { currency: 'cny', unit_amount: 900, product_data: { name: 'x' } } }],
    })
    await shop.sandbox.pay(session.id, { email: 'payer@example.com' })
    const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id)
    await stripe.refunds.create({ payment_intent: payment_intent as string, amount: 100 })
    const result = await reconcile(shop, ALL)
    expect(result).toMatchObject({ unexplained: 0, healed: 2 })
    expectAgreement(result.balances)
    expect(await countOf(shop, 'payments')).toBe(0)
    expect(await reconcile(shop, ALL)).toMatchObject({ unexplained: 0, healed: 0 })
  })

  test('waits when Stripe asks it to, and goes on where it died', async () => {
    const shop = await openShop(database, { webhooks: false })
    for (let i = 0; i < 3; i++) await shop.tip()
    const list = shop.stripe.paymentIntents.list.bind(shop.stripe.paymentIntents)
    shop.stripe.paymentIntents.list = (() => {
      throw new Error('the process died here')
    }) as never
    await expect(reconcile(shop, ALL)).rejects.toThrow('died here')
    shop.stripe.paymentIntents.list = list
    // What comes while it lies dead is not passed over.
    await shop.tip()
    let asked = 0
    const { balanceTransactions } = shop.stripe
    const listTransactions = balanceTransactions.list.bind(balanceTransactions)
    balanceTransactions.list = ((...args: Parameters<typeof listTransactions>) => {
      asked++
      return listTransactions(...args)
    }) as never
    const lines: string[] = []
    await shop.sandbox.chaos.set({ rateLimit: 1 })
    const running = reconcile(shop, { ...ALL, say: (line) => lines.push(line) })
    await pause(200)
    await shop.sandbox.chaos.set({ rateLimit: 0 })
    const result = await running
    expect(lines[0]).toMatch(/again in 1 s/)
    // Only for what came since.
    expect(asked).toBe(1)
    expect(result.unexplained).toBe(0)
    expect(await countOf(shop, 'payments')).toBe(4)
    expectAgreement(result.balances)
    expect(await countOf(shop, 'reconciliations')).toBe(1)
  })
})

onBothDatabases('reconcile, whatever stands in its way,', (database) => {
  test('what can’t be read is told, and does not keep it from the rest', async () => {
    const shop = await openShop(database, { webhooks: false })
    await sql`insert into payouts values
      ('po_gone', 5, 'cny', 'in_transit', true, null, now(), now() - interval '9 days')`.execute(shop.db)
    const { retrieve } = shop.stripe.payouts
    shop.stripe.payouts.retrieve = (() => Promise.reject(new Error('not for this key'))) as never
    await shop.tip()
    const recent = { since: new Date(Date.now() - 3 * DAY) }
    const first = await reconcile(shop, recent)
    expect(first.differences).toEqual([
      { kind: 'payouts', id: 'po_gone', what: 'not readable', error: 'Error: not for this key' },
    ])
    expect(await countOf(shop, 'payments')).toBe(1)
    shop.stripe.payouts.retrieve = retrieve
    shop.stripe.disputes.list = (() => {
      throw new Stripe.errors.StripePermissionError({ message: 'no', type: 'invalid_request_error' })
    }) as never
    await shop.tip()
    const second = await reconcile(shop, recent)
    expect(second.differences).toMatchObject([{ kind: 'disputes', what: 'not readable' }, { id: 'po_gone' }])
    expect(await countOf(shop, 'payments')).toBe(2)
  })

  test('what does not become equal is not called healed, and a movement that alone can be listed is booked', async () => {
    const shop = await openShop(database)
    await shop.tip()
    await shop.quiet()
    await sql`update balance_transactions set source = 'ch_wrong', exchange_rate = 7`.execute(shop.db)
    expect(await reconcile(shop, ALL)).toMatchObject({ healed: 1, unexplained: 0 })
    expect(await reconcile(shop, { ...ALL, dryRun: true })).toMatchObject({ unexplained: 0 })

    await shop.sandbox.stripeFee()
    const { balanceTransactions } = shop.stripe
    balanceTransactions.retrieve = (() => {
      throw new Stripe.errors.StripePermissionError({ message: 'no', type: 'invalid_request_error' })
    }) as never
    const result = await reconcile(shop, ALL)
    expect(result).toMatchObject({ healed: 1, unexplained: 0 })
    expectAgreement(result.balances)
  })

  test('a renewal that is missing is found by its invoice, a subscription by its state, at least once a day', async () => {
    const shop = await openShop(database, { webhooks: false })
    await aMonth(shop)
    await reconcileLately(shop)
    await sql`delete from payments where kind = 'subscription'`.execute(shop.db)
    expect((await reconcile(shop, ALL)).healed).toBe(2)
    expect(await countOf(shop, 'payments')).toBe(5)

    const { id } = await shop.db.selectFrom('subscriptions').select('id').executeTakeFirstOrThrow()
    await sql`update subscriptions set created_at = created_at - interval '1 year', period_end = now() + interval '1 year'`.execute(
      shop.db,
    )
    await shop.stripe.subscriptions.cancel(id)
    await sql`update reconciliations set started_at = started_at - interval '25 hours',
      since = now() - interval '40 days' where id = (select max(id) from reconciliations)`.execute(shop.db)
    await reconcileLately(shop)
    const { status } = await shop.db.selectFrom('subscriptions').select('status').executeTakeFirstOrThrow()
    expect(status).toBe('canceled')
  })

  test('money that moves while it looks is no difference, and there is one run at a time', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    let looks = 0
    const retrieve = shop.stripe.balance.retrieve.bind(shop.stripe.balance)
    shop.stripe.balance.retrieve = (async () => {
      if (looks++ < 2) await shop.tip()
      return retrieve()
    }) as never
    const [one, two] = await Promise.allSettled([reconcile(shop, ALL), reconcile(shop, ALL)])
    const ended = [one, two].find(({ status }) => status === 'fulfilled') as PromiseFulfilledResult<Reconciled>
    const refused = [one, two].find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(String(refused.reason)).toContain('under way')
    expectAgreement(ended.value.balances)
    expect(looks).toBe(3)
  })
})

/** Of everything something, over more than a month. */
async function aMonth(shop: Shop): Promise<void> {
  const { sandbox, stripe } = shop
  const ann = shop.visitor('en')
  await ann.post('/sign-in/email', { email: 'payer@example.com' })
  await shop.quiet()
  const [mail] = await shop.mails()
  await ann.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
  const buy = async (price: string) => {
    const sent = await ann.post(`/checkout/${price}`, { request: crypto.randomUUID() })
    const id = sessionIdOf(sent.headers.get('location'))
    await sandbox.pay(id)
    return stripe.checkout.sessions.retrieve(id)
  }
  const { subscription } = await buy('member-month')
  const refunded = await stripe.checkout.sessions.retrieve((await shop.tip()).sessionId)
  await stripe.refunds.create({ payment_intent: refunded.payment_intent as string, amount: 60 })
  const disputed = await stripe.checkout.sessions.retrieve((await shop.tip()).sessionId, { expand: ['payment_intent'] })
  const { latest_charge } = disputed.payment_intent as Stripe.PaymentIntent
  await sandbox.dispute(latest_charge as string)
  await buy('question-1')
  await sandbox.renew(subscription as string)
  await sandbox.clock.advance(3 * DAY)
  await sandbox.payout()
  await sandbox.stripeFee()
  await sandbox.adjust({ type: 'moon_tax', amount: -7 })
  await sandbox.settle()
}

function expectAgreement(balances: { ours: number; stripes: number }[]): void {
  expect(balances.length).toBeGreaterThan(0)
  for (const { ours, stripes } of balances) expect(ours).toBe(stripes)
}

async function countOf({ db }: Shop, table: 'payments' | 'refunds' | 'disputes' | 'payouts' | 'reconciliations') {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}
