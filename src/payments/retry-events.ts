import { sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'
import { objectToSync, StripeEvent } from './event-table.ts'
import { enqueueSyncs, type InboxDeps, refusal } from './inbox.ts'

const MOST = 1_000
const PAGE = 100

/**
 * Tries again at once what the inbox holds with an error: one event, or all. After an upgrade it may be read in another
 * way; what must still not be believed stays, and keeps no other waiting. Returns how many are tried, 1,000 at most.
 */
export async function retryEvents(deps: InboxDeps, eventId?: string): Promise<number> {
  let tried = 0
  let page: Page = { tried: 0 }
  do {
    page = await retryPage(deps, eventId, page.last)
    tried += page.tried
  } while (page.last && tried < MOST)
  if (tried > 0) deps.jobs.wake('sync')
  return tried
}

/** Takes an event off the list of what waits for the owner: it is not booked, and not tried again. */
export async function dismissEvent(db: Db, eventId: string): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ applied_at: new Date() })
    .where('id', '=', eventId)
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .execute()
}

/** `last`: the event to go on after, while there may be more. */
interface Page {
  tried: number
  last?: string | undefined
}

function retryPage({ db, jobs, config }: InboxDeps, eventId?: string, after?: string): Promise<Page> {
  return db.transaction().execute(async (trx) => {
    const failed = await failedEvents(trx, eventId, after)
    const rows: { object_id: string | null }[] = []
    for (const { id, payload } of failed) {
      const parsed = StripeEvent.safeParse(payload)
      if (!parsed.success || refusal(config, parsed.data)) continue
      const objectId = objectToSync(parsed.data) ?? null
      await again(trx, id, objectId)
      rows.push({ object_id: objectId })
    }
    await enqueueSyncs(jobs, trx, rows)
    return { tried: rows.length, last: failed.length === PAGE ? failed.at(-1)!.id : undefined }
  })
}

function failedEvents(trx: Trx, eventId: string | undefined, after: string | undefined) {
  let failed = trx
    .selectFrom('inbox')
    .select(['id', 'payload'])
    .where('applied_at', 'is', null)
    .where('failures', '>', 0)
    .orderBy('received_at')
    .orderBy('id')
    .limit(PAGE)
    .forUpdate()
  if (eventId !== undefined) failed = failed.where('id', '=', eventId)
  if (after !== undefined) {
    failed = failed.where(sql<boolean>`(received_at, id) > (select received_at, id from inbox where id = ${after})`)
  }
  return failed.execute()
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
