import { expect, test } from 'vitest'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openShop, SECRET, type Shop } from '../support/shop.ts'

const AT_ONCE = 10

onBothDatabases('whatever way the news of a payment comes', (database) => {
  test('in every order, each three times, ten at once: one payment, one receipt, one notice, equal sums', async () => {
    const shop = await openShop(database, { webhooks: false })
    const all = permutations(await eventsOf(shop, await shop.tip()))
    expect(all.length).toBe(120)
    // PGlite has one session, so there what counts is that the same SQL does it: every tenth order will do.
    const orders = database.kind === 'Postgres' ? all : all.filter((_, index) => index % 10 === 0)
    // Each order is told of a payment of its own, all in one shop.
    await post(shop, all[0]!)
    for (const order of orders.slice(1)) {
      const events = await eventsOf(shop, await shop.tip())
      await post(
        shop,
        order.map(({ type }) => events.find((event) => event.type === type)!),
      )
    }
    await shop.quiet()
    await expectBooks(shop, orders.length)
  }, 90_000)

  test('not at all: polling alone finds it', async () => {
    const shop = await openShop(database, { webhooks: false, env: { STRIPE_WEBHOOK_SECRET: '' } })
    for (let i = 0; i < 3; i++) await shop.tip()
    await shop.sandbox.settle()
    await expect.poll(() => settledPayments(shop), { timeout: 10_000 }).toBe(3)
    await shop.quiet()
    await expectBooks(shop, 3)
    expect(await shop.db.selectFrom('inbox').select('via').distinct().execute()).toEqual([{ via: 'poll' }])
  })

  test('duplicated, shuffled and late by the sandbox: the same', async () => {
    const shop = await openShop(database)
    await shop.sandbox.chaos.set({ duplicate: true, reorder: true })
    await Promise.all(Array.from({ length: 10 }, () => shop.tip()))
    await shop.quiet()
    await expectBooks(shop, 10)
  })

  test('from the thank-you page and the webhook at the same time: one', async () => {
    const shop = await openShop(database, { webhooks: false })
    const paid = await shop.tip()
    const events = await eventsOf(shop, paid)
    await Promise.all([post(shop, events), ...Array.from({ length: 5 }, () => shop.visitor().get(paid.redirect))])
    await shop.quiet()
    await expectBooks(shop, 1)
  })

  test('a burst of events about one payment costs at most two reads', async () => {
    const shop = await openShop(database, { webhooks: false })
    const events = await eventsOf(shop, await shop.tip())
    const reads: string[] = []
    const client = shop.stripe.checkout.sessions
    const list = client.list.bind(client)
    client.list = ((...args: Parameters<typeof list>) => {
      reads.push('list')
      return list(...args)
    }) as typeof list
    await post(shop, events)
    await shop.quiet()
    expect(reads.length).toBeGreaterThan(0)
    expect(reads.length).toBeLessThanOrEqual(2)
  })
})

onPostgres('reads that overtake each other', (database) => {
  test('one that started earlier and answers later does not undo the newer', async () => {
    const shop = await openShop(database, { webhooks: false })
    const { sessionId } = await shop.tip()
    const { sync } = await import('../../src/payments/sync.ts')
    const client = shop.stripe.checkout.sessions
    const retrieve = client.retrieve.bind(client)
    const stale = await retrieve(sessionId, { expand: ['payment_intent.latest_charge.balance_transaction'] })
    await shop.sandbox.settle()

    // The first read gets its answer from before the fee was known, and gets it last.
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    client.retrieve = (async () => {
      client.retrieve = retrieve
      await held
      return stale
    }) as unknown as typeof retrieve
    const deps = { ...shop, jobs: { wake() {}, enqueue: async () => {} } as never }
    const slow = sync(deps, sessionId)
    await expect.poll(() => client.retrieve === retrieve).toBe(true)
    await sync(deps, sessionId)
    release()
    await slow
    const [payment] = await shop.db.selectFrom('payments').select('balance_transaction_id').execute()
    expect(payment!.balance_transaction_id).not.toBeNull()
  })
})

type Event = Awaited<ReturnType<typeof eventsOf>>[number]

/** The five events of one paid session, fee included. */
async function eventsOf(shop: Shop, { sessionId }: { sessionId: string }) {
  await shop.sandbox.settle()
  const session = await shop.stripe.checkout.sessions.retrieve(sessionId)
  const all = (await shop.stripe.events.list({ limit: 20 })).data
  return all.filter(({ data: { object } }) => {
    const { id, payment_intent } = object as { id: string; payment_intent?: string }
    return id === sessionId || id === session.payment_intent || payment_intent === session.payment_intent
  })
}

async function post(shop: Shop, events: Event[]): Promise<void> {
  const queue = [...events, ...events, ...events]
  const sender = async () => {
    for (let event = queue.shift(); event; event = queue.shift()) {
      const payload = JSON.stringify(event)
      const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
      const init = { method: 'POST', body: payload, headers: { 'stripe-signature': signature } }
      expect((await shop.app.request('/webhooks/stripe', init)).status).toBe(200)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
}

async function expectBooks(shop: Shop, count: number): Promise<void> {
  const { db } = shop
  const sum = await db
    .selectFrom('balance_transactions')
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.sum<string>('amount').as('gross'),
      fn.sum<string>('net').as('net'),
    ])
    .executeTakeFirstOrThrow()
  const stripe = await shop.stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 1000 })
  expect(sum.count).toBe(count)
  expect(Number(sum.gross)).toBe(660 * count)
  expect(Number(sum.net)).toBe(stripe.reduce((total, { net }) => total + net, 0))

  const payments = await db.selectFrom('payments').select(['status', 'balance_transaction_id']).execute()
  expect(payments.length).toBe(count)
  expect(payments.every(({ status, balance_transaction_id }) => status === 'paid' && balance_transaction_id)).toBe(true)

  const mails = await shop.connection.pool.query<{ to: string }>('select "to" from sandbox.mails')
  const to = (recipient: string) => mails.rows.filter((mail) => mail.to === recipient).length
  expect(to('payer@example.com')).toBe(count)
  expect(to('owner@example.com')).toBe(count)
}

async function settledPayments({ db }: Shop): Promise<number> {
  return (await db.selectFrom('payments').select('id').where('balance_transaction_id', 'is not', null).execute()).length
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}
