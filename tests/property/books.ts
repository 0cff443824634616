import { expect } from 'vitest'
import type { Connection } from '../../src/db/connection.ts'
import { rightsOf } from '../../src/payments/rights.ts'
import type { Person } from './deliver.ts'
import type { World } from './world.ts'

const DAY = 24 * 60 * 60 * 1000
const TABLES = ['payments', 'refunds', 'disputes', 'payouts', 'subscriptions', 'balance_transactions'] as const

/** The two shops have the same books, rights and mail, and the books are Stripe's. */
export async function expectSame(world: World, people: Person[], { live }: { live: boolean }): Promise<void> {
  const { calm, busy, sandbox } = world
  for (const table of TABLES) expect(await rowsOf(busy, table), table).toEqual(await rowsOf(calm, table))
  const now = await sandbox.clock.now()
  for (const { id } of people) {
    for (const days of [-40, 0, 20, 300]) {
      const at = new Date(now + days * DAY)
      expect(await rightsOf(busy.db, id, at)).toEqual(await rightsOf(calm.db, id, at))
    }
  }
  await expectMails(world, live)
  await expectInbox(world)
  await expectStripes(world)
}

async function rowsOf({ pool }: Connection, table: string): Promise<Record<string, unknown>[]> {
  return (await pool.query(`select * from ${table} order by id`)).rows
}

async function expectMails({ calm, busy, sent }: World, live: boolean): Promise<void> {
  const theirs = await mailsOf(busy)
  const isPassing = await passingIn(calm)
  const known = new Set((await mailsOf(calm)).map(({ key }) => key))
  // Whoever looks while the history goes on sees more than whoever looks afterwards.
  const same = theirs.filter(({ key }) => !(live && isPassing(key) && !known.has(key)))
  expect(same).toEqual(await mailsOf(calm))
  expect(sent.length).toBe(new Set(sent).size)
  const { rows } = await busy.pool.query('select from mails where skipped_at is null')
  expect(sent.length).toBe(rows.length)
}

interface MailRow {
  key: string
  recipient: string
  payment_id: string | null
  message: { template: string }
}

/** Which of the payments was the first to be known depends on how the news came; that there is one such mail does not. */
async function mailsOf({ pool }: Connection): Promise<MailRow[]> {
  const { rows } = await pool.query<MailRow>('select key, recipient, payment_id, message from mails')
  const paid = await pool.query("select from payments where status = 'paid' limit 1")
  expect(rows.filter(({ key }) => key === 'first-payment').length).toBe(paid.rowCount)
  return rows
    .map((row) => {
      if (row.key !== 'first-payment') return row
      return { ...row, key: `payment:${row.payment_id}`, message: { ...row.message, template: 'owner-payment' } }
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** Mails about what was true for a while: a refund that failed later, a renewal that was owed until it was paid. */
async function passingIn({ db }: Connection): Promise<(key: string) => boolean> {
  const failed = await db.selectFrom('refunds').select('id').where('status', '=', 'failed').execute()
  const refunds = new Set(failed.map(({ id }) => `refund:${id}`))
  return (key) => refunds.has(key) || key.startsWith('past-due:')
}

async function expectInbox({ calm, busy }: World): Promise<void> {
  const columns = 'id, type, object_id, payload, applied_at is not null as applied, error'
  const sql = `select ${columns} from inbox where object_id is not null order by id`
  const [ours, theirs] = [await calm.pool.query(sql), await busy.pool.query(sql)]
  const idsOf = (rows: { id: string; object_id: string }[]) => rows.map(({ id, object_id }) => [id, object_id])
  expect(idsOf(theirs.rows)).toEqual(idsOf(ours.rows))
  expect(theirs.rows.filter(({ applied, error }) => !applied || error)).toEqual([])
}

/** What Stripe has, asked in its own store, past everything that our reading could get wrong. */
async function expectStripes({ busy, calm, stripe }: World): Promise<void> {
  const idsAt = async (object: string, where = 'true') =>
    (
      await calm.pool.query(
        `select id from sandbox.objects where object = '${object}' and ${where} order by id collate "C"`,
      )
    ).rows
  const ours = async (table: string, where = 'true') =>
    (await busy.pool.query(`select id from ${table} where ${where} order by id collate "C"`)).rows
  expect(await ours('payments', "status = 'paid'")).toEqual(
    await idsAt('payment_intent', "data->>'status' = 'succeeded'"),
  )
  expect(await ours('refunds')).toEqual(await idsAt('refund'))
  expect(await ours('disputes')).toEqual(await idsAt('dispute'))
  expect(await ours('payouts')).toEqual(await idsAt('payout'))
  expect(await ours('subscriptions')).toEqual(await idsAt('subscription'))
  expect(await ours('balance_transactions')).toEqual(await idsAt('balance_transaction'))

  const { available, pending } = await stripe.balance.retrieve()
  const theirs = new Map<string, number>()
  for (const { currency, amount } of [...available, ...pending]) {
    theirs.set(currency, (theirs.get(currency) ?? 0) + amount)
  }
  const sums = await busy.pool.query<{ currency: string; net: number }>(
    "select currency, sum(net)::bigint as net from balance_transactions where balance_type = 'payments' group by 1",
  )
  for (const [currency, net] of theirs) {
    expect(sums.rows.find((row) => row.currency === currency)?.net ?? 0, currency).toBe(net)
  }
}
