import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import { read } from './read.ts'
import type { Reading } from './reading.ts'
import { write } from './write.ts'

export interface SyncDeps {
  db: Db
  jobs: Jobs
  stripe: Stripe
  config: Pick<Config, 'locale' | 'ownerEmail' | 'timeZone' | 'baseUrl'>
}

/**
 * The one door through which Stripe's objects enter our tables: reads the object and writes what it finds, rows and
 * outgoing mail in one transaction. `objectId` is of any kind that read.ts knows.
 *
 * Any number of these may run at once, for the same object too, in any process. Reads are numbered as they start, and a
 * read that started earlier never overwrites one that started later, so no transaction is open while Stripe answers.
 * Returns what was read; undefined when Stripe does not know the object. Throws Stripe's and the database's errors.
 */
export async function sync(deps: SyncDeps, objectId: string): Promise<Reading | undefined> {
  return readAndWrite(deps, objectId, await beginRead(deps.db, objectId))
}

/** The same for the events in the inbox that are about `objectId`. Reads nothing when others have answered them by now. */
export async function syncEvents(deps: SyncDeps, objectId: string): Promise<void> {
  const begun = await beginRead(deps.db, objectId)
  if (begun.eventIds.length > 0) await readAndWrite(deps, objectId, begun)
}

/** Writes what a list of Stripe's said of an object that can't be read by itself. Throws the database's errors. */
export async function writeListed(deps: SyncDeps, reading: Reading): Promise<void> {
  const { number } = await beginRead(deps.db, reading.id)
  await deps.db.transaction().execute(async (trx) => {
    if (await isNewest(trx, reading.id, number)) await write(deps, trx, reading)
  })
}

interface Read {
  number: number
  /** The events that this read answers: those that had arrived before it started. */
  eventIds: string[]
}

async function readAndWrite(
  deps: SyncDeps,
  objectId: string,
  { number, eventIds }: Read,
): Promise<Reading | undefined> {
  try {
    const reading = await read(deps.stripe, objectId)
    if (!reading && eventIds.length > 0) throw new Error(`Stripe does not know ${objectId}`)
    const isDone = await deps.db.transaction().execute(async (trx) => {
      const isNew = reading && (await isNewest(trx, reading.id, number))
      if (reading?.saysMore && !isNew) return false
      const written = isNew ? await write(deps, trx, reading) : undefined
      await markApplied(trx, eventIds, written?.isForgotten ? { payload: '{}' } : {})
      return true
    })
    // What overtook this one did not ask for all that this one knows: once more, then, with a number of its own.
    if (!isDone) return readAndWrite(deps, objectId, await beginRead(deps.db, objectId))
    if (reading?.payment || reading?.subscription || reading?.payout) deps.jobs.wake('mail')
    return reading
  } catch (error) {
    await markFailed(deps.db, eventIds, error)
    throw error
  }
}

async function beginRead(db: Db, objectId: string): Promise<Read> {
  const { rows } = await sql<{ number: number; event_ids: string[] }>`
    select nextval('read_number') as number,
      array(select id from inbox where object_id = ${objectId} and applied_at is null) as event_ids
  `.execute(db)
  return { number: rows[0]!.number, eventIds: rows[0]!.event_ids }
}

/** Locks the object until the transaction ends; false when a read that started later is already in our tables. */
async function isNewest(trx: Trx, objectId: string, readNumber: number): Promise<boolean> {
  const row = await trx
    .insertInto('synced')
    .values({ object_id: objectId, read_number: readNumber })
    .onConflict((conflict) =>
      conflict
        .column('object_id')
        .doUpdateSet({ read_number: readNumber, synced_at: sql`now()` })
        .where('synced.read_number', '<', readNumber),
    )
    .returning(sql`nextval('books_number')`.as('books_number'))
    .executeTakeFirst()
  return row !== undefined
}

/** An event about a payer who is forgotten keeps nothing of what it said: `payload` is then '{}'. */
async function markApplied(trx: Trx, eventIds: string[], forgotten: { payload?: string }): Promise<void> {
  if (eventIds.length === 0) return
  await trx
    .updateTable('inbox')
    .set({ applied_at: new Date(), error: null, ...forgotten })
    .where('id', 'in', eventIds)
    .execute()
}

/** The events stay in the inbox with the reason, for the owner to see; the job is tried again. */
async function markFailed(db: Db, eventIds: string[], error: unknown): Promise<void> {
  if (eventIds.length === 0) return
  await db
    .updateTable('inbox')
    .set((row) => ({
      failures: row('failures', '+', 1),
      error: String(error),
      next_try_at: sql<Date>`now() + least(interval '1 hour', greatest(interval '2 minutes', interval '1 second' * power(2, least(failures, 12))))`,
    }))
    .where('id', 'in', eventIds)
    // Another may have applied them by now, or this one has, and only the answer to its commit was lost.
    .where('applied_at', 'is', null)
    .execute()
}
