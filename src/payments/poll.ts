import type Stripe from 'stripe'
import type { Db } from '../db/connection.ts'
import { type InboxDeps, receive } from './inbox.ts'

// Events may become visible a little after the time that they carry.
const OVERLAP_SECONDS = 10 * 60
const FIRST_LOOK_BACK_SECONDS = 24 * 60 * 60
const CHUNK = 100

/**
 * Fetches from /v1/events whatever the webhook has not brought, into the same inbox: a lost webhook costs minutes,
 * and a developer without a public address needs no webhook at all. Returns how many events were new.
 * Stripe keeps events for 30 days. https://docs.stripe.com/api/events/list
 */
export async function poll(deps: InboxDeps & { stripe: Stripe }): Promise<number> {
  const since = await seenUntil(deps.db)
  const events: Stripe.Event[] = []
  for await (const event of deps.stripe.events.list({ created: { gte: since }, limit: 100 })) events.push(event)
  // The list is newest first; the inbox is filled oldest first, so that a crash in between leaves no gap behind.
  events.reverse()
  let fresh = 0
  for (let i = 0; i < events.length; i += CHUNK) fresh += await receive(deps, events.slice(i, i + CHUNK), 'poll')
  const newest = events.at(-1)
  if (newest) await setSeenUntil(deps.db, new Date(newest.created * 1000))
  return fresh
}

async function seenUntil(db: Db): Promise<number> {
  const row = await db.selectFrom('polls').select('seen_until').where('name', '=', 'events').executeTakeFirst()
  const now = Math.floor(Date.now() / 1000)
  return row ? Math.floor(row.seen_until.getTime() / 1000) - OVERLAP_SECONDS : now - FIRST_LOOK_BACK_SECONDS
}

// By Stripe's clock: ours may be ahead of it.
async function setSeenUntil(db: Db, seen_until: Date): Promise<void> {
  await db
    .insertInto('polls')
    .values({ name: 'events', seen_until })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ seen_until }))
    .execute()
}
