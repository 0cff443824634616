import { sql } from 'kysely'
import type { z } from 'zod'
import { sha256 } from '../auth/tokens.ts'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { Price } from '../define-catalog.ts'
import type { Jobs } from '../jobs/queue.ts'
import type { Locale } from '../locales.ts'
import { isKept, recordEntry } from '../payments/offline-entries.ts'
import { isPaidBy } from '../payments/paid-by.ts'
import type { entryForm } from './form.ts'

export interface OfflineDeps {
  config: Config
  db: Db
  jobs: Jobs
}

const MOST = 100

/** Enters what the owner typed, once for each form and what is in it. */
export async function enter(
  deps: OfflineDeps,
  { request, ...typed }: z.output<ReturnType<typeof entryForm>>,
  locale: Locale,
): Promise<void> {
  const { amount, received, name, email, description, price } = typed
  // A double click is one entry; the same page sent again with other words is another one, and both are on the list.
  const key = `form:${request}:${sha256(JSON.stringify({ ...typed, price: price?.key }))}`
  await deps.db.transaction().execute(async (trx) =>
    recordEntry(deps, trx, {
      ...amount,
      key,
      name: name ?? null,
      email: email ?? null,
      description: description ?? nameOf(price!, locale),
      price_key: price?.key ?? null,
      credits: price?.credits ?? 0,
      plan: price?.days ? (price.product.plan ?? null) : null,
      days: price?.days ?? null,
      locale,
      received_at: await momentOf(trx, received, deps.config.timeZone),
    }),
  )
  deps.jobs.wake('mail')
}

export function nameOf({ label, product }: Price, locale: Locale): string {
  return label ? `${product.name[locale]} · ${label[locale]}` : product.name[locale]
}

/** The owner's day, as they write it: yyyy-mm-dd. */
export function todayIn(timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format()
}

/** Of an earlier day, its noon. */
async function momentOf(trx: Trx, day: string, timeZone: string): Promise<Date> {
  if (day === todayIn(timeZone)) return new Date()
  const { rows } = await sql<{ noon: Date }>`
    select (${day}::date + time '12:00') at time zone ${timeZone} as noon
  `.execute(trx)
  return rows[0]!.noon
}

/** What was entered last, the newest first. */
export function latestEntries(db: Db) {
  return db
    .selectFrom('offline_entries as e')
    .leftJoin('offline_entries as reversal', 'reversal.reverses', 'e.id')
    .select(['e.id', 'e.name', 'e.email', 'e.description', 'e.amount', 'e.currency', 'e.received_at', 'e.reverses'])
    .select('reversal.id as reversed_by')
    .orderBy('e.id', 'desc')
    .limit(MOST)
    .execute()
}

export type Entry = Awaited<ReturnType<typeof latestEntries>>[number]

/** By the id that it has in lists; undefined for what is none, was taken back, or takes another back. */
export function keptEntry(db: Db, paymentId: string) {
  return db
    .selectFrom('offline_entries')
    .select(['id', 'description'])
    .where('id', '=', paymentId.startsWith('offline-') ? Number(paymentId.slice('offline-'.length)) : null)
    .where(isKept)
    .executeTakeFirst()
}

/** What is told of both, entries and claims, to whom they are about. */
export const paidFacts = [
  ...(['email', 'name', 'message', 'description', 'amount', 'currency'] as const),
  ...(['credits', 'plan', 'days', 'locale', 'on_wall as onWall'] as const),
] as const

/** For the download of one's own data. */
export function ownEntries(db: Db, payer: { id: string; email: string }) {
  return db
    .selectFrom('offline_entries')
    .select(['id', 'quantity', ...paidFacts])
    .select(['received_at as receivedAt', 'created_at as enteredAt', 'reverses'])
    .where(isPaidBy(payer))
    .orderBy('id')
    .execute()
}
