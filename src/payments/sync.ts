import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import { queuePaymentMails } from './payment-mails.ts'
import { type PaymentReading, readPayment } from './read-payment.ts'

export interface SyncDeps {
  db: Db
  jobs: Jobs
  stripe: Stripe
  config: Pick<Config, 'locale' | 'ownerEmail' | 'timeZone' | 'baseUrl'>
}

/**
 * The one door through which payments enter our tables: reads the object from Stripe and writes what it finds, rows and
 * outgoing mail in one transaction. `objectId` is a PaymentIntent or a Checkout Session.
 *
 * Any number of these may run at once, for the same object too, in any process. Reads are numbered as they start, and a
 * read that started earlier never overwrites one that started later, so no transaction is open while Stripe answers.
 * Returns what was read; undefined when Stripe does not know the object. Throws Stripe's and the database's errors.
 */
export async function sync(deps: SyncDeps, objectId: string): Promise<PaymentReading | undefined> {
  return readAndWrite(deps, objectId, await beginRead(deps.db, objectId))
}

/** The same for the events in the inbox that are about `objectId`. Reads nothing when others have answered them by now. */
export async function syncEvents(deps: SyncDeps, objectId: string): Promise<void> {
  const read = await beginRead(deps.db, objectId)
  if (read.eventIds.length > 0) await readAndWrite(deps, objectId, read)
}

interface Read {
  number: number
  /** The events that this read answers: those that had arrived before it started. */
  eventIds: string[]
}

async function readAndWrite(deps: SyncDeps, objectId: string, { number, eventIds }: Read) {
  try {
    const reading = await readPayment(deps.stripe, objectId)
    if (!reading && eventIds.length > 0) throw new Error(`Stripe does not know ${objectId}`)
    await deps.db.transaction().execute(async (trx) => {
      if (reading && (await isNewest(trx, reading.id, number))) await write(deps, trx, reading)
      await markApplied(trx, eventIds)
    })
    if (reading?.payment) deps.jobs.wake('mail')
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
    .returning('object_id')
    .executeTakeFirst()
  return row !== undefined
}

async function write(deps: SyncDeps, trx: Trx, { payment, balanceTransaction }: PaymentReading): Promise<void> {
  if (payment) {
    const { id: _, ...facts } = payment
    await trx
      .insertInto('payments')
      .values(payment)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(facts))
      .execute()
  }
  if (balanceTransaction) {
    await trx
      .insertInto('balance_transactions')
      .values(balanceTransaction)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  }
  if (payment?.status === 'paid') await queuePaymentMails(deps, trx, payment)
}

async function markApplied(trx: Trx, eventIds: string[]): Promise<void> {
  if (eventIds.length === 0) return
  await trx.updateTable('inbox').set({ applied_at: new Date(), error: null }).where('id', 'in', eventIds).execute()
}

/** The events stay in the inbox with the reason, for the owner to see; the job is tried again. */
async function markFailed(db: Db, eventIds: string[], error: unknown): Promise<void> {
  if (eventIds.length === 0) return
  await db
    .updateTable('inbox')
    .set((row) => ({ failures: row('failures', '+', 1), error: String(error) }))
    .where('id', 'in', eventIds)
    .execute()
}
