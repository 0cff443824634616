import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { connectPostgres } from '../src/db/connection.ts'
import { removeOldEvents } from '../src/payments/old-events.ts'
import { sync } from '../src/payments/sync.ts'
import { onBothDatabases, onPostgres } from './support/databases.ts'
import { openShop, SECRET, type Shop } from './support/shop.ts'

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)

onBothDatabases('the webhook', (database) => {
  test('takes only what Stripe signed lately; of everything else nothing is written', async () => {
    const shop = await openShop(database, { webhooks: false })
    const body = await somePaidEvent(shop)
    const now = Math.floor(Date.now() / 1000)
    const sign = (payload: string, secret = SECRET, timestamp = now) =>
      shop.stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })

    const refused: [string, string, string][] = [
      ['unsigned', body, ''],
      ['signed by somebody else', body, sign(body, 'whsec_wrong')],
      ['signed too long ago', body, sign(body, SECRET, now - 301)],
      ['changed by one byte', body.replace('660', '661'), sign(body)],
      ['truncated', body.slice(0, -10), sign(body)],
      ['truncated, but signed so', body.slice(0, -10), sign(body.slice(0, -10))],
      ['not an event', '{"id":"pi_1"}', sign('{"id":"pi_1"}')],
      ['not an object', 'null', sign('null')],
      ['empty', '', sign('')],
      ['garbage in the header', body, 't=,v1=;;'],
    ]
    for (const [what, payload, signature] of refused) {
      expect((await send(shop, payload, signature)).status, what).toBe(400)
    }
    const huge = body + ' '.repeat(600 * 1024)
    expect((await send(shop, huge, sign(huge))).status).toBe(413)
    expect(await shop.db.selectFrom('inbox').selectAll().execute()).toEqual([])

    expect((await send(shop, body, sign(body))).status).toBe(200)
    expect(await shop.db.selectFrom('inbox').select('via').execute()).toEqual([{ via: 'webhook' }])
  })

  test('takes both secrets while one is rolled', async () => {
    const shop = await openShop(database, { webhooks: false, env: { STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' } })
    const payload = await somePaidEvent(shop)
    for (const [secret, status] of [
      ['whsec_old', 200],
      ['whsec_new', 200],
      ['whsec_older', 400],
    ] as const) {
      const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret })
      expect((await send(shop, payload, signature)).status).toBe(status)
    }
  })

  test('keeps what was booked for three months, and what was not for ever', async () => {
    const shop = await openShop(database)
    await shop.tip()
    await shop.quiet()
    await shop.db
      .updateTable('inbox')
      .set({ received_at: daysAgo(89) })
      .execute()
    await removeOldEvents(shop.db)
    const events = await shop.db.selectFrom('inbox').select('id').execute()
    expect(events.length).toBeGreaterThan(2)

    const [unbooked, last] = events
    await shop.db
      .updateTable('inbox')
      .set({ received_at: daysAgo(92) })
      .execute()
    await shop.db.updateTable('inbox').set({ applied_at: null }).where('id', '=', unbooked!.id).execute()
    // A quiet shop still knows that its webhooks come.
    await shop.db
      .updateTable('inbox')
      .set({ received_at: daysAgo(91) })
      .where('id', '=', last!.id)
      .execute()
    await removeOldEvents(shop.db)
    const left = await shop.db.selectFrom('inbox').select('id').execute()
    expect(left.map(({ id }) => id).toSorted()).toEqual([unbooked!.id, last!.id].toSorted())
  })

  test('stores a burst together, and what can not be stored takes nothing else with it', async () => {
    const shop = await openShop(database, { webhooks: false })
    const event = JSON.parse(await somePaidEvent(shop))
    // The database refuses this one; no check of ours knows that.
    await sql`alter table inbox add constraint not_this check (id <> 'evt_7')`.execute(shop.db)
    const burst = Array.from({ length: 20 }, (_, n) => JSON.stringify({ ...event, id: `evt_${n}` }))
    const sent = burst.map((payload) => {
      const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
      return send(shop, payload, signature)
    })
    const statuses = (await Promise.all(sent)).map(({ status }) => status)
    expect(statuses).toEqual(burst.map((_, n) => (n === 7 ? 500 : 200)))
    const stored = await shop.db.selectFrom('inbox').select('id').execute()
    expect(stored.map(({ id }) => id).toSorted()).toEqual(
      burst.flatMap((_, n) => (n === 7 ? [] : `evt_${n}`)).toSorted(),
    )
  })

  test('stores and acknowledges types that mean nothing to us', async () => {
    const shop = await openShop(database, { webhooks: false })
    const known = JSON.parse(await somePaidEvent(shop))
    for (const type of ['moon.landed', '__proto__', 'constructor']) {
      const payload = JSON.stringify({ ...known, id: `evt_${type}`, type, data: { object: { id: 'moon_1' } } })
      const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
      expect((await send(shop, payload, signature)).status).toBe(200)
      await shop.quiet()
      const [event] = await shop.db.selectFrom('inbox').selectAll().where('id', '=', `evt_${type}`).execute()
      expect(event).toMatchObject({ type, object_id: null, failures: 0 })
    }
  })

  test('payments that this app did not start are in the books, and get no receipt', async () => {
    const shop = await openShop(database)
    const session = await shop.stripe.checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://elsewhere.example/',
      line_items: [
        { quantity: 1, price_data: { currency: 'cny', unit_amount: 900, product_data: { name: 'of another app' } } },
      ],
    })
    await shop.sandbox.pay(session.id, { email: 'payer@example.com' })
    await shop.quiet()
    expect(await shop.db.selectFrom('payments').selectAll().execute()).toEqual([])
    expect(await shop.db.selectFrom('balance_transactions').select('amount').execute()).toEqual([{ amount: 900 }])
    expect(await shop.mails()).toEqual([])
  })

  test('an event that can not be applied stays, with its reason, and the owner sees it', async () => {
    const shop = await openShop(database, { webhooks: false })
    const known = JSON.parse(await somePaidEvent(shop))
    const gone = {
      ...known,
      id: 'evt_gone',
      type: 'payment_intent.succeeded',
      data: { object: { id: 'pi_gone', object: 'payment_intent' } },
    }
    const payload = JSON.stringify(gone)
    await send(shop, payload, shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET }))
    await expect
      .poll(() => shop.db.selectFrom('inbox').select('failures').where('id', '=', 'evt_gone').executeTakeFirst())
      .toEqual({ failures: 1 })
    const { redirect } = await shop.tip()
    await shop.visitor().get(redirect)
    const dashboard = await (await shop.owner()).read('/dashboard')
    expect(dashboard).toContain('payment_intent.succeeded')
    expect(dashboard).toContain('pi_gone')
  })

  test('events that must not be believed are kept with the reason, and can be tried again after an upgrade', async () => {
    const shop = await openShop(database, { webhooks: false })
    const known = JSON.parse(await somePaidEvent(shop))
    const kept = {
      evt_live: { livemode: true },
      evt_connected: { account: 'acct_other' },
      evt_unreadable: { created: 'yesterday' },
      evt_older: { api_version: '2019-02-19', data: { object: { id: 'in_none', charge: 'ch_1', paid: true } } },
    }
    for (const [id, change] of Object.entries(kept)) {
      const payload = JSON.stringify({ ...known, id, ...change, ...(id === 'evt_older' && { type: 'invoice.paid' }) })
      const answer = await send(
        shop,
        payload,
        shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET }),
      )
      expect(answer.status, id).toBe(200)
    }
    await expect.poll(() => failures(shop), { timeout: 10_000 }).toBe(4)
    expect(await shop.db.selectFrom('payments').select('id').execute()).toEqual([])

    const owner = await shop.owner('en')
    const page = await owner.read('/dashboard/health')
    expect(page).toMatch(/evt_live.*a live event, and these are test books|a live event, and these are test books/)
    expect(page).toContain('about the connected account acct_other, not ours')
    expect(page).toMatch(/not of a shape that we know: created/)
    expect(page).toContain('Stripe does not know in_none')

    // What a later version can read is booked; the others stay.
    await shop.db
      .updateTable('inbox')
      .set({ payload: JSON.stringify({ ...known, id: 'evt_unreadable' }) })
      .where('id', '=', 'evt_unreadable')
      .execute()
    expect((await owner.post('/dashboard/health/events', {})).headers.get('location')).toMatch(/retried=2/)
    await expect.poll(() => failures(shop), { timeout: 10_000 }).toBe(3)
    expect(await shop.db.selectFrom('payments').select('status').execute()).toEqual([{ status: 'paid' }])
    expect((await owner.post('/dashboard/health/events/evt_live', {})).headers.get('location')).toMatch(/retried=0/)
    expect((await shop.visitor().post('/dashboard/health/events', {})).headers.get('location')).toMatch(/sign-in/)
  })

  test('an amount that no number holds exactly stays out of the books', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    await shop.sandbox.settle()
    const { id } = (await shop.stripe.paymentIntents.list({ limit: 1 })).data[0]!
    const list = shop.stripe.checkout.sessions.list.bind(shop.stripe.checkout.sessions)
    shop.stripe.checkout.sessions.list = (async (...args: Parameters<typeof list>) => {
      const page = await list(...args)
      Object.assign(page.data[0]!.payment_intent as object, { amount: 2 ** 53 })
      return page
    }) as never
    await expect(sync({ ...shop }, id)).rejects.toThrow('amount is 9007199254740992, which is not exact')
    expect(await shop.db.selectFrom('payments').select('id').execute()).toEqual([])
    expect(await shop.db.selectFrom('balance_transactions').select('id').execute()).toEqual([])
  })

  test('texts that Postgres can not keep are kept without what it can not', async () => {
    const shop = await openShop(database, { webhooks: false })
    const event = { ...JSON.parse(await somePaidEvent(shop)), id: 'evt_odd\0', request: { id: 'a\ud800\\u0000🍬' } }
    const payload = JSON.stringify(event)
    const signature = shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
    expect((await send(shop, payload, signature)).status).toBe(200)
    const kept = await shop.db.selectFrom('inbox').select('payload').where('id', '=', 'evt_odd\ufffd').execute()
    expect(kept).toMatchObject([{ payload: { request: { id: 'a\ufffd\\u0000🍬' } } }])
  })

  test('without a secret there is no endpoint', async () => {
    const shop = await openShop(database, { webhooks: false, env: { STRIPE_WEBHOOK_SECRET: '' } })
    expect((await send(shop, '{}', '')).status).toBe(404)
  })
})

onPostgres('an event that has to wait', (database) => {
  test('has no other wait for it', async () => {
    const shop = await openShop(database, { webhooks: false })
    const event = JSON.parse(await somePaidEvent(shop))
    // Of a process that hangs while it stores the same event.
    const other = connectPostgres(database.url)
    const hanging = await other.pool.connect()
    onTestFinished(() => {
      hanging.release(true)
      return other.close()
    })
    await hanging.query('begin')
    await hanging.query(
      `insert into inbox (id, type, livemode, created_at, via, payload) values ('evt_1', 'x', false, now(), 'webhook', '{}')`,
    )
    const receive = (id: string) => {
      const payload = JSON.stringify({ ...event, id })
      return send(shop, payload, shop.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET }))
    }
    const waiting = receive('evt_1')
    expect((await receive('evt_2')).status).toBe(200)
    await hanging.query('rollback')
    expect((await waiting).status).toBe(200)
  })
})

async function failures({ db }: Shop): Promise<number> {
  const rows = await db
    .selectFrom('inbox')
    .select('id')
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .execute()
  return rows.length
}

function send(shop: Shop, body: string, signature: string) {
  return shop.app.request('/webhooks/stripe', {
    method: 'POST',
    body,
    headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
  })
}

async function somePaidEvent(shop: Shop): Promise<string> {
  await shop.tip()
  const [event] = (await shop.stripe.events.list({ type: 'payment_intent.succeeded' })).data
  return JSON.stringify(event)
}
