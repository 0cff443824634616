import { expect, test, vi } from 'vitest'
import { recordEntry, reverseEntry } from '../../src/payments/offline-entries.ts'
import { mailEndingPasses } from '../../src/payments/pass-mails.ts'
import { rightsOf } from '../../src/payments/rights.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'
import type { Visitor } from '../support/visitor.ts'

const DAY = 86_400_000

onBothDatabases('the mail before a pass ends', (database) => {
  test('comes once for each end, in the payer’s language; another pass moves it', async () => {
    const { shop, ann, userId } = await withAnn(database)
    await buy(shop, ann, 'member-30-days')
    const [plan] = (await rightsOf(shop.db, userId)).plans
    const end = plan!.until.getTime()
    await runAt(shop, end - 3.5 * DAY)
    expect(await notices(shop)).toEqual([])
    await runAt(shop, end - 2.5 * DAY)
    await runAt(shop, end - 1.5 * DAY)
    await runAt(shop, end - 0.5 * DAY)
    const [notice, ...more] = await notices(shop)
    expect(more).toEqual([])
    expect(notice).toMatchObject({ to: 'ann@example.com', subject: 'Your Membership ends soon' })
    expect(notice!.text).toContain('http://localhost:3000/#member')

    await buy(shop, ann, 'member-30-days')
    await runAt(shop, end - 0.5 * DAY)
    expect(await notices(shop)).toHaveLength(1)
    await runAt(shop, end + 28 * DAY)
    expect(await notices(shop)).toHaveLength(2)
    // Too late is too late.
    await shop.db.deleteFrom('mails').execute()
    await runAt(shop, end + 31 * DAY)
    expect(await shop.db.selectFrom('mails').select('key').execute()).toEqual([])
  })

  test('reaches guests at the address they paid with, also when they sign in after it; the forgotten are left alone', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor()
    await buy(shop, guest, 'member-30-days')
    const soon = Date.now() + 28 * DAY
    await runAt(shop, soon)
    expect(await notices(shop)).toMatchObject([{ to: 'ann@example.com', subject: '会员快到期了' }])
    await prove(shop, guest)
    await runAt(shop, soon)
    expect(await notices(shop)).toHaveLength(1)

    await shop.db.deleteFrom('mails').execute()
    await shop.db.updateTable('payments').set({ email: null, user_id: null, anonymized_at: new Date() }).execute()
    await runAt(shop, soon)
    expect(await shop.db.selectFrom('mails').select('key').execute()).toEqual([])
  })

  test('is not for a pass that was given back, nor for whoever subscribed meanwhile', async () => {
    const { shop, ann } = await withAnn(database)
    const first = await buy(shop, ann, 'member-30-days')
    await shop.stripe.refunds.create({ payment_intent: first })
    await shop.quiet()
    const soon = Date.now() + 28 * DAY
    await runAt(shop, soon)
    expect(await notices(shop)).toEqual([])

    await buy(shop, ann, 'member-30-days')
    await buy(shop, ann, 'member-month')
    await runAt(shop, soon)
    expect(await notices(shop)).toEqual([])
    // One that is cancelled, and ends before the pass, changes nothing.
    const { id } = await shop.db.selectFrom('subscriptions').select('id').executeTakeFirstOrThrow()
    await shop.stripe.subscriptions.cancel(id)
    await shop.quiet()
    await runAt(shop, soon)
    expect(await notices(shop)).toHaveLength(1)
  })

  test('counts what the owner took by hand, for who has an account and who has none', async () => {
    const { shop, ann, userId } = await withAnn(database)
    await buy(shop, ann, 'member-30-days')
    const soon = Date.now() + 28 * DAY
    await byHand(shop, 'ann@example.com')
    await byHand(shop, 'guest@example.com')
    expect((await rightsOf(shop.db, userId)).plans[0]!.until.getTime()).toBeGreaterThan(Date.now() + 59 * DAY)
    await runAt(shop, soon)
    expect((await notices(shop)).map(({ to }) => to)).toEqual(['guest@example.com'])
    await runAt(shop, soon + 30 * DAY)
    expect((await notices(shop)).map(({ to }) => to).sort()).toEqual(['ann@example.com', 'guest@example.com'])

    // Taken back, it is not counted: the end is the bought pass's again, and nobody is told what is gone.
    await shop.db.deleteFrom('mails').execute()
    for (const { id } of await shop.db.selectFrom('offline_entries').select('id').execute()) {
      await shop.db.transaction().execute((trx) => reverseEntry(trx, id))
    }
    await runAt(shop, soon)
    const written = await shop.db.selectFrom('mails').select('recipient').execute()
    expect(written).toEqual([{ recipient: 'ann@example.com' }])
  })

  test('is sent by the daily job', async () => {
    const { shop, ann } = await withAnn(database)
    await buy(shop, ann, 'member-30-days')
    await shop.db
      .updateTable('payments')
      .set({ paid_at: new Date(Date.now() - 28 * DAY) })
      .execute()
    const { rows } = await shop.connection.pool.query(`select cron from pgboss.schedule where name = 'pass-ends'`)
    expect(rows).toEqual([{ cron: '3 1 * * *' }])
    await shop.db.transaction().execute((trx) => shop.jobs.enqueue(trx, 'pass-ends', {}))
    shop.jobs.wake('pass-ends')
    await vi.waitFor(async () => expect(await notices(shop)).toHaveLength(1), { timeout: 20_000 })
  })
})

onPostgres('the mail before a pass ends', (database) => {
  test('is one, however many processes write it at once', async () => {
    const { shop, ann } = await withAnn(database)
    await buy(shop, ann, 'member-30-days')
    const soon = new Date(Date.now() + 28 * DAY)
    await Promise.all(Array.from({ length: 8 }, () => mailEndingPasses(shop, soon)))
    await shop.quiet()
    expect(await notices(shop)).toHaveLength(1)
  })
})

async function runAt(shop: Shop, time: number): Promise<void> {
  await mailEndingPasses(shop, new Date(time))
  await shop.quiet()
}

/** A pass that was paid in cash, as the owner's form enters it. */
async function byHand(shop: Shop, email: string): Promise<void> {
  const pass = { price_key: 'member-30-days', plan: 'member', days: 30, locale: 'en', received_at: new Date() }
  const entry = { key: `hand-${email}`, email, description: 'Membership', amount: 3600, currency: 'cny', ...pass }
  await shop.db.transaction().execute((trx) => recordEntry(shop, trx, entry))
}

/** The mails that arrived, without those about signing in and paying. */
async function notices(shop: Shop) {
  return (await shop.mails()).filter(({ subject }) => /ends soon|快到期/.test(subject))
}

async function withAnn(database: TestDatabase) {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  return { shop, ann, userId: await prove(shop, ann) }
}

async function prove(shop: Shop, visitor: Visitor): Promise<string> {
  await visitor.post('/sign-in/email', { email: 'ann@example.com' })
  await shop.quiet()
  const token = (await shop.mails()).map(({ text }) => /token=(\S+)/.exec(text)?.[1]).find(Boolean)
  await visitor.post('/sign-in/link', { token: token! })
  return (await shop.db.selectFrom('users').select('id').executeTakeFirstOrThrow()).id
}

/** Buys and pays; returns the PaymentIntent of what was paid once. */
async function buy(shop: Shop, visitor: Visitor, price: string): Promise<string> {
  const sent = await visitor.post(`/checkout/${price}`, { request: crypto.randomUUID() })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await shop.sandbox.pay(sessionId, { email: 'ann@example.com' })
  await shop.quiet()
  return (await shop.stripe.checkout.sessions.retrieve(sessionId)).payment_intent as string
}
