import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { poll } from '../../src/payments/poll.ts'
import { retryEvents } from '../../src/payments/retry-events.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openShop } from '../support/shop.ts'

const HOUR = 3600

onPostgres('asking Stripe what happened', (database) => {
  test('after a long outage goes on where it was interrupted, and loses nothing; then it costs one request', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    const asked = countedLists(shop)
    // More than a page in one second, and more than a page in an hour.
    await copies(shop, 'payment_intent.succeeded', 20 * HOUR, 130, 0)
    await copies(shop, 'payment_intent.succeeded', 2 * HOUR, 130, 20)
    await copies(shop, 'customer.created', 2 * HOUR, 130, 20)
    await shop.tip()

    asked.failSince = Date.now() / 1000 - 10 * HOUR
    await expect(poll(shop)).rejects.toThrow('away')
    const [mark] = await shop.db.selectFrom('polls').selectAll().execute()
    expect(await stored(shop, 'copy_payment')).toBe(130)

    asked.failSince = Number.POSITIVE_INFINITY
    expect(await poll(shop)).toBeGreaterThan(0)
    expect(await stored(shop, 'copy_payment')).toBe(260)
    // What means nothing to us is not asked for.
    expect(await stored(shop, 'copy_customer')).toBe(0)
    const [later] = await shop.db.selectFrom('polls').selectAll().execute()
    expect(later!.seen_until.getTime()).toBeGreaterThan(mark!.seen_until.getTime())

    asked.count = 0
    expect(await poll(shop)).toBe(0)
    expect(asked.count).toBe(1)
  })
})

onBothDatabases('an event that is refused', (database) => {
  test('trying all again is not held up by a thousand that stay refused; the owner can put one away', async () => {
    const shop = await openShop(database, { webhooks: false })
    const refused = (id: string) => ({ id, type: 'payout.paid', created: 1, data: { object: { id: `po_${id}` } } })
    await sql`
      insert into inbox (id, type, livemode, created_at, via, payload, error, failures, next_try_at, received_at)
      select 'evt_' || i, 'payout.paid', i < 1000, now(), 'webhook',
        ${JSON.stringify(refused('evt_x'))}::jsonb || jsonb_build_object('id', 'evt_' || i, 'livemode', i < 1000),
        'no', 1, 'infinity', now() + make_interval(secs => i)
      from generate_series(0, 1000) as i
    `.execute(shop.db)
    expect(await retryEvents(shop)).toBe(1)

    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard/health')).toContain('evt_0 ')
    const answer = await owner.post('/dashboard/health/events/evt_0/dismiss', {})
    expect(answer.status).toBe(303)
    expect(await owner.read('/dashboard/health')).not.toContain('evt_0 ')
    expect(await shop.db.selectFrom('inbox').select('error').where('id', '=', 'evt_0').execute()).toEqual([
      { error: 'no' },
    ])
    expect((await shop.visitor().post('/dashboard/health/events/evt_1/dismiss', {})).status).toBe(302)
    expect(await owner.read('/dashboard/health')).toContain('evt_1 ')
  })
})

type Shop = Awaited<ReturnType<typeof openShop>>

function countedLists(shop: Shop) {
  const asked = { count: 0, failSince: Number.POSITIVE_INFINITY }
  const list = shop.stripe.events.list.bind(shop.stripe.events)
  shop.stripe.events.list = ((...args: Parameters<typeof list>) => {
    const { created } = args[0] as { created: { gte: number } }
    asked.count++
    if (created.gte > asked.failSince) throw new Error('away')
    return list(...args)
  }) as typeof list
  return asked
}

/** Copies of an event of that type, older than it, so many seconds apart from each other. */
async function copies({ db }: Shop, type: string, secondsAgo: number, count: number, apart: number): Promise<void> {
  await sql`
    with one as (select * from sandbox.objects where object = 'event' order by (data->>'type' = ${type}) desc limit 1),
    copy as (
      select 'evt_copy_' || split_part(${type}, '.', 1) || '_' || ${secondsAgo}::int || '_' || i as id, i,
        extract(epoch from now())::bigint - ${secondsAgo}::int + i * ${apart}::int as created
      from generate_series(1, ${count}::int) as i
    )
    insert into sandbox.objects (id, object, created, data)
    select copy.id, 'event', copy.created,
      (one.data::jsonb || jsonb_build_object('id', copy.id, 'created', copy.created, 'type', ${type}::text))::json
    from copy, one order by i
  `.execute(db)
}

async function stored({ db }: Shop, kind: string): Promise<number> {
  const rows = await db.selectFrom('inbox').select('id').where('id', 'like', `evt_${kind}%`).execute()
  return rows.length
}
