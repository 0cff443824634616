import { sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import { objectToSync, type StripeEvent } from './event-table.ts'

/**
 * Puts events into the inbox and queues one sync for each object they are about, in one transaction.
 * An event that is already there is passed over. When this returns, the events are safe.
 * Returns how many were new.
 */
export async function receive(
  { db, jobs }: { db: Db; jobs: Jobs },
  events: StripeEvent[],
  via: 'webhook' | 'poll',
): Promise<number> {
  if (events.length === 0) return 0
  const fresh = await db.transaction().execute(async (trx) => {
    const stored = await store(trx, events, via)
    const objectIds = new Set(stored.flatMap((row) => row.object_id ?? []))
    for (const objectId of objectIds) await jobs.enqueue(trx, 'sync', { objectId })
    return stored.length
  })
  if (fresh > 0) jobs.wake('sync')
  return fresh
}

function store(trx: Trx, events: StripeEvent[], via: 'webhook' | 'poll') {
  return trx
    .insertInto('inbox')
    .values(
      events.map((event) => {
        const objectId = objectToSync(event) ?? null
        return {
          id: event.id,
          type: event.type,
          object_id: objectId,
          api_version: event.api_version ?? null,
          livemode: event.livemode,
          created_at: new Date(event.created * 1000),
          via,
          // What nothing follows from may be about anybody, so it is not kept.
          payload: objectId ? JSON.stringify(event) : '{}',
          applied_at: objectId ? null : new Date(),
        }
      }),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('object_id')
    .execute()
}

/**
 * Queues a sync for the events that nobody works on: the queue gave up on them, or their job was lost.
 * The inbox, not the queue, is what is never forgotten. Run every minute, by any process.
 */
export async function requeueDue({ db, jobs }: { db: Db; jobs: Jobs }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const due = await trx
      .updateTable('inbox')
      .set({ next_try_at: sql`now() + interval '2 minutes'` })
      .where('applied_at', 'is', null)
      .where('next_try_at', '<=', sql<Date>`now()`)
      .returning('object_id')
      .execute()
    const objectIds = new Set(due.flatMap((row) => row.object_id ?? []))
    for (const objectId of objectIds) await jobs.enqueue(trx, 'sync', { objectId })
  })
}
