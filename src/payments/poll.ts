import type Stripe from 'stripe'
import type { Db } from '../db/connection.ts'
import { handledTypes } from './event-table.ts'
import { type InboxDeps, receive } from './inbox.ts'

// Events may become visible a little after the time that they carry.
const OVERLAP_SECONDS = 10 * 60
const FIRST_LOOK_BACK_SECONDS = 24 * 60 * 60
const PAGE = 100
/** That many a list may ask for at once. https://docs.stripe.com/api/events/list */
const TYPES_AT_ONCE = 20

type PollDeps = InboxDeps & { stripe: Stripe }

/**
 * Fetches from /v1/events whatever the webhook has not brought, into the same inbox: a lost webhook costs minutes,
 * and a developer without a public address needs no webhook at all. Returns how many events were new.
 * One request while what is new is at most a page. Stripe keeps events for 30 days.
 */
export async function poll(deps: PollDeps): Promise<number> {
  const since = await seenUntil(deps.db)
  const { data, has_more } = await deps.stripe.events.list({ created: { gte: since }, limit: PAGE })
  const [newest] = data
  if (!newest) return 0
  if (has_more) return catchUp(deps, since, newest.created)
  const fresh = await receive(deps, data.filter(isHandled).toReversed(), 'poll')
  await setSeenUntil(deps.db, newest.created)
  return fresh
}

/**
 * Stripe lists the newest first, and what is noted as seen must have nothing unseen before it: so a long time is taken in
 * spans, from the oldest on, each as short as fits a page. Who is interrupted goes on from the last span.
 */
async function catchUp(deps: PollDeps, since: number, until: number): Promise<number> {
  let fresh = 0
  let from = since
  let seconds = 3600
  while (from <= until) {
    const to = Math.min(from + seconds, until + 1)
    const events = await eventsBetween(deps.stripe, from, to)
    if (events) {
      for (let i = 0; i < events.length; i += PAGE) fresh += await receive(deps, events.slice(i, i + PAGE), 'poll')
      await setSeenUntil(deps.db, to - 1)
      from = to
      seconds *= 4
    } else seconds = Math.ceil((to - from) / 4)
  }
  return fresh
}

/** What concerns us of a span, oldest first; undefined when it is more than a page of any kind and can be shorter. */
async function eventsBetween(stripe: Stripe, from: number, to: number): Promise<Stripe.Event[] | undefined> {
  const events: Stripe.Event[] = []
  for (let i = 0; i < handledTypes.length; i += TYPES_AT_ONCE) {
    const types = handledTypes.slice(i, i + TYPES_AT_ONCE)
    const list = stripe.events.list({ created: { gte: from, lt: to }, types, limit: PAGE })
    if (to - from > 1 && (await list).has_more) return undefined
    for await (const event of list) events.push(event)
  }
  return events.toSorted((a, b) => a.created - b.created)
}

function isHandled({ type }: Stripe.Event): boolean {
  return handledTypes.includes(type)
}

async function seenUntil(db: Db): Promise<number> {
  const row = await db.selectFrom('polls').select('seen_until').where('name', '=', 'events').executeTakeFirst()
  const now = Math.floor(Date.now() / 1000)
  return row ? Math.floor(row.seen_until.getTime() / 1000) - OVERLAP_SECONDS : now - FIRST_LOOK_BACK_SECONDS
}

// By Stripe's clock: ours may be ahead of it. Of two polls at once the one that has seen more counts.
async function setSeenUntil(db: Db, seconds: number): Promise<void> {
  const seen_until = new Date(seconds * 1000)
  await db
    .insertInto('polls')
    .values({ name: 'events', seen_until })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ seen_until }).where('polls.seen_until', '<', seen_until),
    )
    .execute()
}
