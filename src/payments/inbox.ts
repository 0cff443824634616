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
          payload: JSON.stringify(event),
          applied_at: objectId ? null : new Date(),
        }
      }),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('object_id')
    .execute()
}
