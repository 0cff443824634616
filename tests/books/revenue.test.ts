import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { connectPostgres, type Db } from '../../src/db/connection.ts'
import { currenciesOf, monthTotals } from '../../src/revenue/books.ts'
import { type Totals, totalsByDay } from '../../src/revenue/days.ts'
import { groupOf } from '../../src/revenue/movements.ts'
import { compareRollups, rebuildDays, rebuildRollups, rollUp } from '../../src/revenue/rollups.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openShop } from '../support/shop.ts'

const NEW_YORK = 'America/New_York'
const SHANGHAI = 'Asia/Shanghai'
const HOUR = 3_600_000

// Around both changes of the clock in New York, and the end of a month.
const moments = fc
  .tuple(
    fc.constantFrom('2025-11-02T05:00Z', '2026-03-08T06:00Z', '2026-02-28T20:00Z'),
    fc.integer({ min: -30 * 3600, max: 30 * 3600 }),
  )
  .map(([day, seconds]) => new Date(Date.parse(day) + seconds * 1000))
const movements = fc.record({
  at: moments,
  currency: fc.constantFrom('cny', 'usd'),
  category: fc.constantFrom(
    'charge',
    'refund',
    'refund_failure',
    'dispute',
    'dispute_reversal',
    'fee',
    'payout',
    'new_one',
  ),
  amount: fc.integer({ min: -5000, max: 5000 }),
  fee: fc.integer({ min: -50, max: 300 }),
  payment: fc.constantFrom(null, 'pi_tip', 'pi_pass', 'pi_of_others'),
})
type Movement = Omit<Parameters<Parameters<typeof movements.map>[0]>[0], 'category'> & { category: string }
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array(movements, { minLength: 1, maxLength: 6 }) },
    { weight: 2, arbitrary: fc.constant('roll up' as const) },
    { weight: 1, arbitrary: fc.constantFrom('pi_tip' as const, 'pi_pass' as const) },
  ),
  { minLength: 3, maxLength: 12 },
)

onBothDatabases('the sums of the days', (database) => {
  test('are those of the books: any movement, around changes of the clock, however late it comes', async () => {
    const { db } = await database.fresh()
    const timeZones = fc.constantFrom(NEW_YORK, SHANGHAI)
    const holds = fc.asyncProperty(steps, timeZones, async (story, timeZone) => {
      for (const table of ['balance_transactions', 'payments', 'revenue_days', 'revenue_rollup', 'revenue_late'])
        await sql`delete from ${sql.table(table)}`.execute(db)
      const written: Movement[] = []
      for (const step of story) {
        if (Array.isArray(step)) written.push(...(await book(db, step)))
        else if (step !== 'roll up') await pay(db, step)
        else {
          await expectTotals(db, timeZone, written)
          await rollUp(db, timeZone)
        }
      }
      await rollUp(db, timeZone)
      await expectTotals(db, timeZone, written)
      expect(await kindsPerDay(db)).toEqual(kindsOf(written, story, timeZone))
      expect(await compareRollups(db, timeZone)).toEqual([])
      expect(await db.selectFrom('revenue_late').select('id').execute()).toEqual([])
    })
    await fc.assert(holds, { numRuns: database.kind === 'PGlite' ? 2 : 8, endOnFailure: true })
  })

  test('of another time zone are never mixed in, and are made anew', async () => {
    const { db } = await database.fresh()
    // One day in New York, two in Shanghai.
    const written = await book(db, [charge('2026-05-05T15:00Z', 100), charge('2026-05-05T17:00Z', 20)])
    await rollUp(db, NEW_YORK)
    await expectTotals(db, NEW_YORK, written)
    await expectTotals(db, SHANGHAI, written)
    expect(await compareRollups(db, SHANGHAI)).toEqual([])
    await rollUp(db, SHANGHAI)
    await expectTotals(db, SHANGHAI, written)
    await expectTotals(db, NEW_YORK, written)
    expect(await grossPerDay(db)).toEqual({ '2026-05-05': 100, '2026-05-06': 20 })
  })

  test('that somebody has spoiled are found, and made anew; so are those of days that are not in the books', async () => {
    const { db } = await database.fresh()
    await book(db, [charge('2026-05-05T00:00Z', 100), charge('2026-05-07T00:00Z', 20)])
    await rollUp(db, SHANGHAI)
    const right = await grossPerDay(db)
    await sql`update revenue_days set gross = gross + 1, net = net + 1 where day = '2026-05-05'`.execute(db)
    await sql`update revenue_days set day = '2026-05-06' where day = '2026-05-07'`.execute(db)
    expect(await compareRollups(db, SHANGHAI)).toEqual(['2026-05-05', '2026-05-06', '2026-05-07'])
    await rebuildDays(db, SHANGHAI, ['2026-05-05', '2026-05-06', '2026-05-07'])
    expect(await compareRollups(db, SHANGHAI)).toEqual([])
    expect(await grossPerDay(db)).toEqual(right)

    await sql`delete from revenue_days`.execute(db)
    expect(await compareRollups(db, SHANGHAI)).toEqual(['2026-05-05', '2026-05-07'])
    await rebuildRollups(db, SHANGHAI)
    expect(await grossPerDay(db)).toEqual(right)
  })

  test('are right again when a movement moves to another day, on both days', async () => {
    const { db } = await database.fresh()
    await book(db, [charge('2026-05-05T00:00Z', 100), charge('2026-05-07T00:00Z', 20)])
    await rollUp(db, SHANGHAI)
    await sql`update balance_transactions set created_at = '2026-05-09T00:00Z' where amount = 100`.execute(db)
    await rollUp(db, SHANGHAI)
    expect(await grossPerDay(db)).toEqual({ '2026-05-07': 20, '2026-05-09': 100 })
  })

  test('count money that is only held as nobody’s, by its type, when its category is new', async () => {
    const { db } = await database.fresh()
    await book(db, [
      charge('2026-05-05T00:00Z', 100),
      { ...charge('2026-05-05T01:00Z', -70), category: 'hold_of_2027' },
    ])
    await sql`update balance_transactions set type = 'payout_minimum_balance_hold' where amount < 0`.execute(db)
    const day = sql`'2026-05-05'::date`
    const span = { currency: 'cny', timeZone: SHANGHAI, first: day, last: sql`${day} + 1` }
    const right = { gross: 100, other: 0, net: 100 }
    expect((await totalsByDay(db, span))[0]).toMatchObject(right)
    await rollUp(db, SHANGHAI)
    expect((await totalsByDay(db, span))[0]).toMatchObject(right)
    expect(groupOf('hold_of_2027', 'payout_minimum_balance_hold')).toBe('own')
    expect(groupOf('hold_of_2027', 'adjustment')).toBe('other')
    expect(groupOf('charge', 'reserve_hold')).toBe('gross')
  })

  test('end before today, which costs its movements no mark', async () => {
    const { db } = await database.fresh()
    await book(db, [charge('2026-05-05T00:00Z', 100), charge(new Date(), 7)])
    expect(await db.selectFrom('revenue_late').select('at').execute()).toEqual([{ at: new Date('2026-05-05T00:00Z') }])
    await rollUp(db, SHANGHAI)
    expect(await grossPerDay(db)).toEqual({ '2026-05-05': 100 })
    const today = sql`(now() at time zone ${SHANGHAI})::date`
    const days = await totalsByDay(db, { currency: 'cny', timeZone: SHANGHAI, first: sql`(${today} - 2)`, last: today })
    expect(days.map(({ gross }) => gross)).toEqual([0, 0, 7])
    await book(db, [{ ...charge('2026-05-05T01:00Z', 1), currency: 'usd' }])
    expect(await currenciesOf(db)).toEqual(['cny', 'usd'])
  })
})

onBothDatabases('the owner’s figures', (database) => {
  test('have what came late by hand, disputes, and what nobody knows; each line of them is on a page', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    await shop.tip()
    await shop.quiet()
    await rollUp(shop.db, SHANGHAI)
    const past = { amount: '30', received: '2026-05-05', description: 'By <hand>', request: crypto.randomUUID() }
    expect((await owner.post('/dashboard/offline', past)).status).toBe(303)
    await expectTotals(shop.db, SHANGHAI, [charge('2026-05-05T04:00Z', 3000)])
    // As every five minutes.
    await shop.db.transaction().execute((trx) => shop.jobs.enqueue(trx, 'roll-up', {}))
    shop.jobs.wake('roll-up')
    await expect.poll(() => grossPerDay(shop.db), { timeout: 30_000 }).toEqual({ '2026-05-05': 3000 })
    await owner.post('/dashboard/offline/1/take-back', {})
    await rollUp(shop.db, SHANGHAI)
    expect(await grossPerDay(shop.db)).toEqual({ '2026-05-05': 3000 })

    const now = new Date()
    await book(shop.db, [
      { ...charge(now, 50), category: 'stripe_dreams' },
      { ...charge(now, -400), category: 'dispute', fee: 1500 },
      { ...charge(now, -5000), category: 'payout' },
    ])
    const { gross, fees, net, ...rest } = await monthTotals(shop.db, { currency: 'cny', timeZone: SHANGHAI })
    expect(rest).toEqual({ refunds: 0, disputes: 400, other: 50, pendingFees: 0 })
    // The tip, and the entry taken back today; its fee, and the dispute's.
    expect({ gross, fees, net }).toEqual({
      gross: 660 - 3000,
      fees: 237 + 1500,
      net: 660 - 3000 - 400 - 237 - 1500 + 50,
    })
    expect(await owner.read('/dashboard')).toMatch(/Refunds ¥0\.00 Disputes ¥4\.00 Other ¥0\.50/)

    const [html, text] = [
      await (await owner.get('/dashboard/movements')).text(),
      await owner.read('/dashboard/movements'),
    ]
    expect(html).not.toContain('<hand>')
    expect(text).toMatch(/Other \(stripe_dreams\) in other \+¥0\.50/)
    expect(text).toMatch(/Payment without Stripe in gross −¥30\.00/)
    expect(text).toMatch(/(Card payment|Payment) in gross \+¥6\.60 .*fee ¥2\.37 · net ¥4\.23 · See the payment/)
    const { id } = await shop.db.selectFrom('payments').select('id').executeTakeFirstOrThrow()
    const linked = [id, 'offline-1', 'offline-2'].map((one) => `/dashboard/payments/${one}`)
    expect(html.match(/\/dashboard\/payments\/[\w-]+/g)?.toSorted()).toEqual(linked.toSorted())
    expect((await shop.visitor().get('/dashboard/movements')).status).toBe(302)
  })

  test('come a page at a time, each line once, of one currency; a tampered place is refused', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    // 120 in the same second, over three pages.
    await book(
      shop.db,
      Array.from({ length: 120 }, (_, n) => charge('2026-05-05T00:00Z', n + 1)),
    )
    await book(shop.db, [{ ...charge('2026-05-04T00:00Z', 99), currency: 'usd' }])
    const seen: string[] = []
    const pages: number[] = []
    let next: string | undefined = '/dashboard/movements?currency=cny'
    while (next) {
      const html: string = await (await owner.get(next)).text()
      const amounts = [...html.matchAll(/\+¥([\d.]+)</g)].map(([, amount]) => amount!)
      seen.push(...amounts)
      pages.push(amounts.length)
      next = /href="([^"]+)">Older</.exec(html)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(pages).toEqual([50, 50, 20])
    expect(new Set(seen).size).toBe(120)
    expect(await owner.read('/dashboard/movements?currency=usd')).toMatch(/^.*\+\$0\.99.*$/s)
    for (const wrong of ['at=x&id=txn_1', 'at=2026-05-05T00:00:00.000Z', 'id=txn_1', 'at=2026-05-05T00:00:00Z&id=%00'])
      expect((await owner.get(`/dashboard/movements?${wrong}`)).status, wrong).toBe(400)
  })
})

onPostgres('the sums of the days', (database) => {
  test('while many write late and two sum up, whoever looks sees all that is there, once', async () => {
    const { db } = await database.fresh()
    const another = connectPostgres(database.url, { max: 6 })
    await book(db, [charge('2026-05-01T00:00Z', 1)])
    const amounts = { committed: 1, begun: 1 }
    let writing = true
    const write = async (writer: number) => {
      for (let n = 0; n < 12; n++) {
        const at = new Date(Date.UTC(2026, 4, 1 + ((writer + n) % 9), 12))
        await another.db.transaction().execute(async (trx) => {
          await book(trx as unknown as Db, [charge(at, 1), charge(new Date(at.getTime() + 8 * HOUR), 1)])
          await new Promise((resolve) => setTimeout(resolve, (writer * n) % 7))
          amounts.begun += 2
        })
        amounts.committed += 2
      }
    }
    const whileWriting = async (act: () => Promise<void>) => {
      let times = 0
      while (writing) await act().then(() => times++)
      return times
    }
    const look = async () => {
      const least = amounts.committed
      const seen = (await may(db, SHANGHAI)).reduce((sum, { gross }) => sum + gross, 0)
      expect(seen).toBeGreaterThanOrEqual(least)
      expect(seen).toBeLessThanOrEqual(amounts.begun)
    }
    const others = Promise.all([
      whileWriting(look),
      whileWriting(look),
      whileWriting(() => rollUp(db, SHANGHAI)),
      whileWriting(() => rollUp(db, SHANGHAI)),
    ])
    await Promise.all([1, 2, 3, 4, 5].map(write)).finally(() => (writing = false))
    for (const times of await others) expect(times).toBeGreaterThan(0)
    await look()
    await rollUp(db, SHANGHAI)
    await look()
    expect(await compareRollups(db, SHANGHAI)).toEqual([])
    await another.close()
  })

  test('wait for a transaction that wrote in time and is not over', async () => {
    const { db } = await database.fresh()
    const patient = connectPostgres(database.url, { max: 1 })
    const days = (days: number) => new Date(Date.now() - days * 24 * HOUR)
    await book(db, [charge(days(15), 5)])
    // In this session transactions look as if they had begun ten days ago: temporary views come before the catalog.
    await sql`create temporary view pg_stat_activity as select pid, datname, backend_xid, xact_start - interval '10 days' as xact_start
      from pg_catalog.pg_stat_activity`.execute(patient.db)
    const until = async () =>
      (await db.selectFrom('revenue_rollup').select('rolled_until').executeTakeFirst())?.rolled_until
    const isClosed = async (at: Date) => new Date((await until())!).getTime() > at.getTime() - 12 * HOUR
    await db.transaction().execute(async (trx) => {
      await book(trx as unknown as Db, [charge(days(4), 30)])
      // So it is of one that came within the hour.
      await trx.deleteFrom('revenue_late').where('at', '>', days(5)).execute()
      await rollUp(patient.db, SHANGHAI)
      expect(await isClosed(days(13))).toBe(true)
      expect(await isClosed(days(4))).toBe(false)
    })
    // One that has only read keeps nobody waiting.
    await db.transaction().execute(async (trx) => {
      await sql`select count(*) from payments`.execute(trx)
      await rollUp(patient.db, SHANGHAI)
    })
    expect(await isClosed(days(4))).toBe(true)
    expect(Object.values(await grossPerDay(db))).toEqual([5, 30])
    await patient.close()
  })
})

test('what Stripe invents counts as other, whatever it is called', () => {
  for (const name of ['new_one', '', 'constructor', '__proto__']) expect(groupOf(name)).toBe('other')
  expect(groupOf('dispute_reversal')).toBe('disputes')
})

function charge(at: string | Date, amount: number): Movement {
  return { at: new Date(at), currency: 'cny', category: 'charge', amount, fee: 0, payment: null }
}

async function book(db: Db, rows: Movement[]): Promise<Movement[]> {
  const values = rows.map(({ at, currency, category, amount, fee, payment }) => ({
    id: `txn_${crypto.randomUUID()}`,
    type: category,
    reporting_category: category,
    amount,
    fee,
    net: amount - fee,
    currency,
    payment_id: payment,
    created_at: at,
    available_on: at,
  }))
  await db.insertInto('balance_transactions').values(values).execute()
  return rows
}

/** A payment that is known only after some of its movements; again, it is the same one. */
async function pay(db: Db, id: 'pi_tip' | 'pi_pass'): Promise<void> {
  const kind = id === 'pi_tip' ? 'tip' : 'pass'
  const facts = { amount: 1, currency: 'cny', description: 'x', locale: 'en', livemode: false, created_at: new Date() }
  await db
    .insertInto('payments')
    .values({ ...facts, id, kind, status: 'paid' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const formats = new Map(
  [NEW_YORK, SHANGHAI].map((timeZone) => [timeZone, new Intl.DateTimeFormat('sv-SE', { timeZone })]),
)
const dayIn = (timeZone: string, at: Date) => formats.get(timeZone)!.format(at)

async function expectTotals(db: Db, timeZone: string, written: Movement[]): Promise<void> {
  const [first, last] = [sql`'2025-10-31'::date`, sql`'2026-05-31'::date`]
  const until = sql`'2026-06-01'::timestamp at time zone ${timeZone}`
  const days = await totalsByDay(db, { currency: 'cny', timeZone, first, last, until })
  expect(days).toHaveLength(213)
  for (const { gross, refunds, disputes, fees, other, net } of days)
    if (gross - refunds - disputes - fees + other !== net) throw new Error('does not add up')
  const groups = Map.groupBy(written, ({ at }) => dayIn(timeZone, at))
  expect(days).toEqual(days.map(({ day }) => ({ day, ...totalsOf(groups.get(day) ?? []) })))
}

/** The same, told in another way. */
function totalsOf(movements: Movement[]): Totals {
  const totals = { gross: 0, refunds: 0, disputes: 0, fees: 0, other: 0, net: 0, pendingFees: 0 }
  for (const { currency, category, amount, fee } of movements) {
    if (currency !== 'cny') continue
    totals.fees += fee
    totals.net += category === 'payout' ? -fee : amount - fee
    if (category === 'charge') totals.gross += amount
    if (category.startsWith('refund')) totals.refunds -= amount
    if (category.startsWith('dispute')) totals.disputes -= amount
    if (category === 'fee') totals.fees -= amount
    if (category === 'new_one') totals.other += amount
  }
  return totals
}

async function kindsPerDay(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('revenue_days')
    .select(['currency', 'kind', 'payments', sql<string>`day::text`.as('day')])
    .execute()
  return rows.map(({ day, currency, kind, payments }) => `${day} ${currency} ${kind} ${payments}`).toSorted()
}

function kindsOf(written: Movement[], story: unknown[], timeZone: string): string[] {
  const kindOf = (payment: string | null) => (payment && story.includes(payment) ? payment.slice(3) : 'other')
  const groups = Map.groupBy(
    written,
    ({ at, currency, payment }) => `${dayIn(timeZone, at)} ${currency} ${kindOf(payment)}`,
  )
  const paid = (all: Movement[]) => all.filter(({ category, amount }) => category === 'charge' && amount > 0).length
  return [...groups].map(([key, all]) => `${key} ${paid(all)}`).toSorted()
}

async function grossPerDay(db: Db): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('revenue_days')
    .select([sql<string>`day::text`.as('day'), 'gross'])
    .orderBy('day')
    .execute()
  return Object.fromEntries(rows.map(({ day, gross }) => [day, gross]))
}

function may(db: Db, timeZone: string) {
  return totalsByDay(db, { currency: 'cny', timeZone, first: sql`'2026-05-01'::date`, last: sql`'2026-05-31'::date` })
}
