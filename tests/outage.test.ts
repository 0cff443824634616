import Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { connectPostgres } from '../src/db/connection.ts'
import { migrate } from '../src/db/migrate.ts'
import { startJobs } from '../src/jobs/queue.ts'
import { requeueDue } from '../src/payments/inbox.ts'
import { poll } from '../src/payments/poll.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from './support/databases.ts'
import { cable } from './support/proxy.ts'
import { openShop, SECRET, type Shop } from './support/shop.ts'

onPostgres('while the database is away', (database) => {
  test('pages that need it say so, Stripe is told to come back, and all goes on without a restart', async () => {
    const { shop, wire } = await shopOnACable(database)
    const { sessionId, redirect } = await shop.tip()
    const owner = await shop.owner()
    wire.cut()

    expect((await shop.visitor().get('/')).status).toBe(200)
    expect((await shop.visitor().get('/healthz')).status).toBe(200)
    expect((await shop.visitor().get('/readyz')).status).toBe(503)
    const page = await owner.get('/dashboard')
    expect(page.status).toBe(503)
    expect(page.headers.get('retry-after')).not.toBeNull()
    expect(await page.text()).toContain('<!doctype html>')
    expect((await deliver(shop, eventAbout(sessionId))).status).toBe(503)

    wire.mend()
    await expect.poll(async () => (await shop.visitor().get('/readyz')).status, { timeout: 10_000 }).toBe(200)
    expect((await deliver(shop, eventAbout(sessionId))).status).toBe(200)
    expect(await shop.visitor().read(redirect)).toContain('¥6.60')
    expect((await owner.get('/dashboard')).status).toBe(200)
  })

  test('cut in the middle of a transaction and of a query, the process lives', async () => {
    const { shop, wire } = await shopOnACable(database)
    const inTransaction = shop.db.transaction().execute(async (trx) => {
      await trx.selectFrom('inbox').select('id').execute()
      wire.cut()
      await trx.selectFrom('inbox').select('id').execute()
    })
    await expect(inTransaction).rejects.toThrow()
    wire.mend()
    const client = await shop.connection.pool.connect()
    const sleeping = client.query('select pg_sleep(5)')
    setTimeout(() => wire.cut(), 50)
    await expect(sleeping).rejects.toThrow()
    client.release(true)
    wire.mend()
    await expect.poll(async () => (await shop.visitor().get('/readyz')).status, { timeout: 10_000 }).toBe(200)
  })
})

onPostgres('several processes that start at once on an empty database', (database) => {
  test('make one schema, and all of them start', async () => {
    const first = await database.fresh()
    await first.pool.query('drop schema pgboss cascade; drop schema public cascade; create schema public')
    const connections = Array.from({ length: 4 }, () => connectPostgres(database.url, { max: 3 }))
    onTestFinished(async () => void (await Promise.all(connections.map((connection) => connection.close()))))
    const failures: unknown[] = []
    const started = await Promise.all(
      connections.map(async ({ db, pool }) => {
        await migrate(db)
        return startJobs(pool, (error) => failures.push(error))
      }),
    )
    await Promise.all(started.map((jobs) => jobs.stop()))
    expect(failures).toEqual([])
  })
})

onBothDatabases('what may get lost on the way', (database) => {
  test('a sync whose job is gone is done all the same: the inbox forgets nothing', async () => {
    const shop = await openShop(database, { webhooks: false })
    const { sessionId } = await shop.tip()
    const event = eventAbout(sessionId)
    await shop.db
      .insertInto('inbox')
      .values({
        id: event.id,
        type: event.type,
        object_id: sessionId,
        api_version: null,
        livemode: false,
        created_at: new Date(),
        via: 'webhook',
        payload: JSON.stringify(event),
        applied_at: null,
      })
      .execute()
    await requeueDue({ db: shop.db, jobs: shop.jobs })
    expect(await shop.db.selectFrom('payments').select('id').execute()).toEqual([])

    await shop.db
      .updateTable('inbox')
      .set({ next_try_at: new Date(Date.now() - 1000) })
      .execute()
    await requeueDue({ db: shop.db, jobs: shop.jobs })
    await shop.quiet()
    expect(await shop.db.selectFrom('payments').select('status').execute()).toEqual([{ status: 'paid' }])
  })

  test('a form sent twice while Stripe is still at the first is to come again: nothing failed', async () => {
    const shop = await openShop(database, { webhooks: false })
    const busy = { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'in progress' } }
    const busyStripe = new Stripe('sk_test_busy', {
      httpClient: Stripe.createFetchHttpClient(async () => Response.json(busy, { status: 409 })),
      maxNetworkRetries: 0,
    })
    shop.stripe.checkout.sessions.create = busyStripe.checkout.sessions.create.bind(busyStripe.checkout.sessions)
    const answer = await shop.visitor().post('/tip', { amount: '660', request: crypto.randomUUID() })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('10')
  })

  test('polling keeps to the clock of Stripe: ours may be an hour ahead', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    expect(await poll({ ...shop })).toBeGreaterThan(0)
    const { seen_until } = await shop.db.selectFrom('polls').select('seen_until').executeTakeFirstOrThrow()
    const [newest] = (await shop.stripe.events.list({ limit: 1 })).data
    expect(seen_until.getTime()).toBeLessThanOrEqual(newest!.created * 1000)
  })

  test('rehearsals and real money do not meet in one database', async () => {
    const shop = await openShop(database)
    const { keepStripeMode } = await import('../src/db/stripe-mode.ts')
    await keepStripeMode(shop.db, 'sandbox')
    await expect(keepStripeMode(shop.db, 'live')).rejects.toThrow(
      /holds the sandbox's payments.*DATABASE_URL or DATA_DIR/,
    )
  })
})

async function shopOnACable(database: TestDatabase) {
  let wire: Awaited<ReturnType<typeof cable>> | undefined
  const shop = await openShop(
    {
      kind: database.kind,
      get url() {
        return database.url
      },
      fresh: async () => {
        await database.fresh()
        wire = await cable(database.url)
        const connection = connectPostgres(wire.url, { max: 5 })
        onTestFinished(async () => {
          wire!.mend()
          await connection.close()
        })
        return connection
      },
    },
    { webhooks: false },
  )
  return { shop, wire: wire! }
}

function eventAbout(sessionId: string) {
  const object = { id: sessionId, object: 'checkout.session', payment_intent: null }
  const created = Math.floor(Date.now() / 1000)
  return {
    id: `evt_${sessionId}`,
    object: 'event',
    type: 'checkout.session.completed',
    created,
    livemode: false,
    data: { object },
  }
}

function deliver(shop: Shop, event: object) {
  const payload = JSON.stringify(event)
  const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
  return shop.app.request('/webhooks/stripe', {
    method: 'POST',
    body: payload,
    headers: { 'stripe-signature': signature },
  })
}
