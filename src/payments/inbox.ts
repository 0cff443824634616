import { sql } from 'kysely'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import { plainJson } from '../plain-text.ts'
import { objectToSync, StripeEvent } from './event-table.ts'

export interface InboxDeps {
  db: Db
  jobs: Jobs
  config: Pick<Config, 'stripe'>
}

/**
 * Puts events, as Stripe sent them, into the inbox and queues one sync for each object they are about, in one transaction.
 * An event that is already there is passed over; one that we can't read or must not believe is kept with the reason, for
 * the owner to see. When this returns, the events are safe. Returns how many were new.
 */
export async function receive(deps: InboxDeps, events: unknown[], via: 'webhook' | 'poll'): Promise<number> {
  const rows = events.flatMap((event) => inboxRow(deps, plainJson(event), via) ?? [])
  if (rows.length === 0) return 0
  const { db, jobs } = deps
  // In one order for all, so that two that store the same events wait for each other, and not each for the other.
  rows.sort((a, b) => (a.id < b.id ? -1 : 1))
  const fresh = await db.transaction().execute(async (trx) => {
    const stored = await trx
      .insertInto('inbox')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('object_id')
      .execute()
    await enqueueSyncs(jobs, trx, stored)
    return stored.length
  })
  if (fresh > 0) jobs.wake('sync')
  return fresh
}

/** Undefined for what has no id, and so can't be told from another. */
function inboxRow({ config }: Pick<InboxDeps, 'config'>, given: unknown, via: 'webhook' | 'poll') {
  const parsed = StripeEvent.safeParse(given)
  if (!parsed.success) return unreadableRow(given, via, parsed.error)
  const event = parsed.data
  const reason = refusal(config, event)
  const objectId = reason ? null : (objectToSync(event) ?? null)
  const { id, type, livemode } = event
  return {
    id,
    type,
    object_id: objectId,
    api_version: event.api_version ?? null,
    livemode,
    created_at: new Date(event.created * 1000),
    via,
    // What nothing follows from may be about anybody, so it is not kept.
    payload: objectId || reason ? JSON.stringify(event) : '{}',
    applied_at: objectId || reason ? null : new Date(),
    ...(reason && kept(reason)),
  }
}

function unreadableRow(given: unknown, via: 'webhook' | 'poll', error: z.ZodError) {
  const named = Named.safeParse(given)
  if (!named.success) return undefined
  const { id, type } = named.data
  const [issue] = error.issues
  return {
    id,
    type,
    livemode: false,
    created_at: new Date(),
    via,
    payload: JSON.stringify(given),
    ...kept(`not of a shape that we know: ${issue?.path.join('.')}: ${issue?.message}`),
  }
}

/** The least that an event needs to be kept. */
export const Named = z.looseObject({ id: z.string().startsWith('evt_'), type: z.string().catch('?') })

/** Waits for the owner, not for the next try. */
function kept(reason: string) {
  return { error: reason, failures: 1, next_try_at: sql<Date>`'infinity'` }
}

/** Why an event must not move our books; undefined when it may. */
export function refusal(config: Pick<Config, 'stripe'>, event: StripeEvent): string | undefined {
  const isLive = config.stripe.mode === 'live'
  if (event.livemode !== isLive) {
    return event.livemode ? 'a live event, and these are test books' : 'a test event, and these are live books'
  }
  // https://docs.stripe.com/connect/webhooks
  return event.account ? `about the connected account ${event.account}, not ours` : undefined
}

/**
 * Queues a sync for the events that nobody works on: the queue gave up on them, or their job was lost.
 * The inbox, not the queue, is what is never forgotten. Run every minute, by any process.
 */
export async function requeueDue({ db, jobs }: Pick<InboxDeps, 'db' | 'jobs'>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const due = await trx
      .updateTable('inbox')
      .set({ next_try_at: sql`now() + interval '2 minutes'` })
      .where('applied_at', 'is', null)
      .where('next_try_at', '<=', sql<Date>`now()`)
      .returning('object_id')
      .execute()
    await enqueueSyncs(jobs, trx, due)
  })
}

export async function enqueueSyncs(jobs: Jobs, trx: Trx, rows: { object_id: string | null }[]): Promise<void> {
  const objectIds = new Set(rows.flatMap((row) => row.object_id ?? []))
  await jobs.enqueue(trx, 'sync', ...[...objectIds].map((objectId) => ({ objectId })))
}
