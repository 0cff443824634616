import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { alertOwner } from '../../src/operations/alert.ts'
import { onBothDatabases } from '../support/databases.ts'
import { hearLog } from '../support/log.ts'
import { openShop } from '../support/shop.ts'

const TOKEN = 'a-token-of-twenty-letters'

onBothDatabases('seeing inside', (database) => {
  test('/metrics tells of requests, events, mail, queues and money, and only to who has the token', async () => {
    const shop = await openShop(database, { env: { METRICS_TOKEN: TOKEN } })
    await shop.tip({ amount: '660' })
    await shop.quiet()
    const visitor = shop.visitor()
    expect((await visitor.get('/metrics')).status).toBe(401)
    expect((await visitor.get('/metrics', { authorization: `Bearer ${TOKEN}x` })).status).toBe(401)
    const answer = await visitor.get('/metrics', { authorization: `Bearer ${TOKEN}` })
    expect(answer.headers.get('content-type')).toContain('text/plain')
    const text = await answer.text()
    expect(text).toContain('revenue{currency="cny"} 660')
    expect(text).toContain('payments{currency="cny"} 1')
    expect(text).toContain('events_waiting 0')
    expect(text).toContain('mails_failed 0')
    expect(text).toMatch(/http_request_duration_seconds_count\{method="POST",route="\/tip",status="303"\} 1/)
    expect(text).toMatch(/route="\/webhooks\/stripe",status="200"/)
    expect(text).toMatch(/process_resident_memory_bytes \d+/)
    const without = await openShop(database)
    expect((await without.visitor().get('/metrics')).status).toBe(404)
  })

  test('the log names the route and the request, and never an address that opens a door', async () => {
    const lines = hearLog('info')
    const shop = await openShop(database)
    const visitor = shop.visitor()
    const secret = 'a'.repeat(26)
    const answer = await visitor.get(`/pay/${secret}?token=${secret}`, { 'x-request-id': 'mine-1' })
    await visitor.get('/verify-email?token=secret-token')
    await visitor.post('/sign-in', { email: 'ann@example.com', password: 'correct horse battery' })
    expect(answer.headers.get('x-request-id')).toBe('mine-1')
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', request: 'mine-1', method: 'GET', status: 404 })
    expect(lines.length).toBeGreaterThanOrEqual(3)
    expect(lines.join('')).not.toMatch(/aaaa|secret-token|ann@example|correct horse/)
  })

  test('what Stripe told and is not booked for a quarter of an hour is mailed to the owner, once a day', async () => {
    const shop = await openShop(database, { webhooks: false })
    const deps = { db: shop.db, config: shop.config, jobs: shop.jobs }
    await alertOwner(deps)
    await sql`insert into inbox (id, type, object_id, livemode, payload, via, created_at, received_at, error, failures, next_try_at)
      select 'evt_1', 'charge.updated', 'ch_1', false, '{}', 'webhook', now(), now() - interval '20 minutes', 'Stripe is away', 3, now() + interval '1 hour'
    `.execute(shop.db)
    await alertOwner(deps)
    await alertOwner(deps)
    await shop.quiet().catch(() => {})
    const alerts = (await shop.mails()).filter(({ subject }) => subject.includes('Stripe'))
    expect(alerts.map(({ to }) => to)).toEqual(['owner@example.com'])
    expect(alerts[0]!.text).toContain('Stripe is away')
    expect(alerts[0]!.text).toContain('/dashboard/health')
  })

  test('old code does not start on a database that a newer version has moved on, unless it is told to', async () => {
    const { db } = await database.fresh()
    await sql`insert into kysely_migration (name, timestamp) values ('9999_the_future', '2040')`.execute(db)
    // The databases of the tests are used again.
    onTestFinished(async () => void (await sql`delete from kysely_migration where name like '9999%'`.execute(db)))
    await expect(migrate(db)).rejects.toThrow(/newer version \(9999_the_future\)/)
    expect(await migrate(db, { allowNewerDatabase: true })).toEqual([])
  })
})
