import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { reconcile } from '../../src/payments/reconcile/reconcile.ts'
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
    const since = (await check()).differs_since
    expect(since).toBeInstanceOf(Date)
    await reconcile(shop, ALL)
    expect((await check()).differs_since).toEqual(since)
    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard')).toMatch(/Off from Stripe by ¥0\.05 since/)
    expect(await owner.read('/dashboard/health')).toMatch(
      /CNY: off from Stripe by ¥0\.05.*txn_invented: unknown to Stripe/,
    )

    await sql`delete from balance_transactions where id = 'txn_invented'`.execute(shop.db)
    expectAgreement((await reconcile(shop, ALL)).balances)
    expect((await check()).differs_since).toBeNull()
    expect(await owner.read('/dashboard')).toContain('Agrees with Stripe to the last fen')
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
    await sql`update reconciliations set seen_at = now() - interval '3 minutes'`.execute(shop.db)
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
    expect(asked).toBe(0)
    expect(result).toMatchObject({ unexplained: 0, healed: 3 })
    expectAgreement(result.balances)
    expect(await countOf(shop, 'reconciliations')).toBe(1)
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
