import { sql } from 'kysely'
import type { Trx } from '../db/connection.ts'
import { objectToSync, StripeEvent } from './event-table.ts'
import { enqueueSyncs, type InboxDeps, refusal } from './inbox.ts'

const MOST = 1_000

/**
 * Tries again at once what the inbox holds with an error: one event, or all. After an upgrade it may be read in another
 * way; what must still not be believed stays. Returns how many are tried.
 */
export async function retryEvents(deps: InboxDeps, eventId?: string): Promise<number> {
  const { db, jobs, config } = deps
  const tried = await db.transaction().execute(async (trx) => {
    const failed = await failedEvents(trx, eventId)
    const rows: { object_id: string | null }[] = []
    for (const { id, payload } of failed) {
      const parsed = StripeEvent.safeParse(payload)
      if (!parsed.success || refusal(config, parsed.data)) continue
      const objectId = objectToSync(parsed.data) ?? null
      await again(trx, id, objectId)
      rows.push({ object_id: objectId })
    }
    await enqueueSyncs(jobs, trx, rows)
    return rows.length
  })
  if (tried > 0) jobs.wake('sync')
  return tried
}

function failedEvents(trx: Trx, eventId: string | undefined) {
  const failed = trx
    .selectFrom('inbox')
    .select(['id', 'payload'])
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .orderBy('received_at')
    .limit(MOST)
    .forUpdate()
  return (eventId === undefined ? failed : failed.where('id', '=', eventId)).execute()
}

/** An event that nothing follows from, by what we know now, is done. */
function again(trx: Trx, id: string, objectId: string | null) {
  const next = sql<Date>`now() + interval '2 minutes'`
  return trx
    .updateTable('inbox')
    .set({ object_id: objectId, next_try_at: next, ...(objectId === null && { applied_at: new Date(), error: null }) })
    .where('id', '=', id)
    .execute()
}
