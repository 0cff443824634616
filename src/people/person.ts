import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { personOf } from '../payments/payers.ts'
import { type Person, readPeople, whoIs } from './people.ts'

/** The latest payments that a person's page shows. */
export const MOST = 100

/** Who has that account, or paid that; undefined for an id that is nobody's. */
export async function personOfId(db: Db, id: string): Promise<Person | undefined> {
  const key = await keyOf(db, id)
  return key === undefined ? undefined : (await readPeople(db, [key]))[0]
}

async function keyOf(db: Db, id: string): Promise<string | undefined> {
  const entry = /^offline-(\d{1,15})$/.exec(id)?.[1]
  if (entry === undefined && !/^(pi|cs)_/.test(id)) return accountOf(db, id)
  const table = entry === undefined ? 'payments' : 'offline_entries'
  const { rows } = await sql<{ key: string }>`
    select ${personOf[table]} as key from ${sql.table(table)} where id = ${entry === undefined ? id : Number(entry)}
  `.execute(db)
  return rows[0]?.key
}

async function accountOf(db: Db, id: string): Promise<string | undefined> {
  return (await db.selectFrom('users').select('id').where('id', '=', id).executeTakeFirst())?.id
}

export type PersonsPayment = Awaited<ReturnType<typeof paymentsOf>>[number]

/** The latest payments of a person, by Stripe and by hand, the newest first, with what became of each. */
export async function paymentsOf(db: Db, { key }: Pick<Person, 'key'>) {
  const { rows } = await sql<{
    id: string
    at: Date
    kind: string
    description: string
    price_key: string | null
    message: string | null
    status: string
    amount: number
    currency: string
  }>`
    (select id, coalesce(paid_at, created_at) as at, kind, description, price_key, message, status, amount, currency
      from payments where ${personOf.payments} = ${key}
      order by coalesce(paid_at, created_at) desc, id desc limit ${MOST})
    union all
    (select 'offline-' || id, received_at, 'offline', description, price_key, message, 'paid', amount, currency
      from offline_entries where ${personOf.offline_entries} = ${key} order by received_at desc, id desc limit ${MOST})
    order by at desc, id desc limit ${MOST}`.execute(db)
  const ids = rows.map(({ id }) => id)
  const [refunds, disputes] = await Promise.all([becameOf(db, 'refunds', ids), becameOf(db, 'disputes', ids)])
  return rows.map((row) => ({
    ...row,
    refunds: refunds.filter(({ payment_id }) => payment_id === row.id),
    disputes: disputes.filter(({ payment_id }) => payment_id === row.id),
  }))
}

function becameOf(db: Db, table: 'refunds' | 'disputes', ids: string[]) {
  return db
    .selectFrom(table)
    .select(['payment_id', 'amount', 'currency', 'status', 'created_at'])
    .where('payment_id', '=', sql<string>`any(${ids})`)
    .orderBy('created_at')
    .execute()
}

/** The subscriptions of a person that began and are not over, the newest first. */
export function subscriptionsOf(db: Db, { key }: Pick<Person, 'key'>) {
  return db
    .selectFrom('subscriptions')
    .select(['plan', 'status', 'amount', 'currency', 'every', 'every_count', 'period_end', 'trial_end', 'ends_at'])
    .where(personOf.subscriptions, '=', key)
    .where('status', 'in', ['active', 'trialing', 'past_due', 'unpaid', 'paused'])
    .orderBy('created_at', 'desc')
    .limit(MOST)
    .execute()
}
export type PersonsSubscription = Awaited<ReturnType<typeof subscriptionsOf>>[number]

/** The page of who made a payment, by Stripe or by hand; undefined when nothing came of it. */
export async function pageOfPayer(db: Db, paymentId: string): Promise<string | undefined> {
  const key = await keyOf(db, paymentId)
  const [person] = key === undefined ? [] : await whoIs(db, [key])
  return person && hrefOf(person.id)
}

export const hrefOf = (id: string) => `/dashboard/people/${id}`
