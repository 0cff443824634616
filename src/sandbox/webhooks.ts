import { createHmac } from 'node:crypto'
import type Stripe from 'stripe'
import { newId } from './ids.ts'
import { countPending } from './resources/events.ts'
import { createEndpoint, deleteEndpoint, type EndpointSecrets } from './resources/webhook-endpoints.ts'
import type { Store } from './store.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Waits between attempts; then every hour, to three days. */
const BACKOFF = [SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE]
const GIVE_UP_AFTER = BACKOFF.length + 72
const TIMEOUT = 10 * SECOND
/** If the process dies while it delivers, somebody tries again after this. */
const LEASE = 2 * MINUTE
const AT_ONCE = 8

interface Delivery {
  id: string
  attempts: number
  event: Stripe.Event
  endpoint: Stripe.WebhookEndpoint
  hidden: EndpointSecrets
}

/** Attempts what is due now, once each, a few at a time. Returns how many were taken with a 2xx. */
export async function deliverDue(store: Store, send: typeof fetch): Promise<number> {
  const cutoff = await store.now()
  let delivered = 0
  for (;;) {
    const due = await claim(store, cutoff)
    if (!due.length) return delivered
    const answers = await Promise.all(due.map((delivery) => attempt(store, delivery, send)))
    delivered += answers.filter(Boolean).length
  }
}

async function claim(store: Store, cutoff: number): Promise<Delivery[]> {
  const { reorder } = (await store.settings()).chaos
  const { rows } = await store.pool.query<Delivery>(
    `with claimed as (
       update sandbox.deliveries set due_at = $2, attempts = attempts + 1
       where id in (
         select id from sandbox.deliveries where due_at <= $1
         order by ${reorder ? 'random()' : 'id'} limit ${AT_ONCE} for update skip locked
       )
       returning id, attempts, event_id, endpoint_id
     )
     select c.id::text, c.attempts, e.data as event, w.data as endpoint, w.hidden
     from claimed c join sandbox.objects e on e.id = c.event_id join sandbox.objects w on w.id = c.endpoint_id
     order by ${reorder ? 'random()' : 'c.id'}`,
    [Math.round(cutoff), Math.round(cutoff + LEASE)],
  )
  return rows
}

async function attempt(
  store: Store,
  { id, attempts, event, endpoint, hidden }: Delivery,
  send: typeof fetch,
): Promise<boolean> {
  await store.read((tx) => countPending(tx, [event]))
  const body = JSON.stringify(event, null, 2)
  const answer = await post(send, endpoint.url, body, sign(body, hidden))
  const delivered = /^2\d\d$/.test(answer)
  const now = await store.now()
  const wait = BACKOFF[attempts - 1] ?? HOUR
  const retryAt = delivered || attempts >= GIVE_UP_AFTER ? null : Math.round(now + wait)
  await store.pool.query('update sandbox.deliveries set due_at = $2, delivered_at = $3, answer = $4 where id = $1', [
    id,
    retryAt,
    delivered ? Math.round(now) : null,
    answer,
  ])
  return delivered
}

/** The status, or why there was none. A redirect is an answer like any other: not a 2xx. */
async function post(send: typeof fetch, url: string, body: string, signature: string): Promise<string> {
  try {
    const response = await send(url, {
      method: 'POST',
      body,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Stripe-Signature': signature,
        'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    })
    await response.body?.cancel()
    return String(response.status)
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.cause ?? error.message}` : String(error)
  }
}

/** Stripe's scheme. The computer's time, not the sandbox's: the receiver compares it with its own clock. */
function sign(body: string, { secrets }: EndpointSecrets): string {
  const seconds = Math.floor(Date.now() / 1000)
  const signatures = secrets
    .filter(({ until }) => until === null || until > Date.now())
    .map(({ secret }) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`)
  return [`t=${seconds}`, ...signatures].join(',')
}

/** The endpoint of the options, made or brought up to date. Without one, an earlier one goes. */
export function keepEndpoint(store: Store, wanted: { url: string; secret: string } | undefined): Promise<void> {
  return store.write(async (tx) => {
    await tx.db.query("select pg_advisory_xact_lock(hashtext('sandbox endpoint'))")
    const { rows } = await tx.db.query<{ data: Stripe.WebhookEndpoint }>(
      `select data from sandbox.objects
       where object = 'webhook_endpoint' and not deleted and hidden->>'fromOptions' = 'true'`,
    )
    const existing = rows[0]?.data
    if (!wanted) {
      if (existing) await deleteEndpoint(tx, existing.id)
      return
    }
    const hidden: EndpointSecrets = { secrets: [{ secret: wanted.secret, until: null }], fromOptions: true }
    if (existing) await tx.save({ ...existing, url: wanted.url }, hidden)
    else await createEndpoint(tx, { url: wanted.url, enabled_events: ['*'] }, hidden)
  })
}

/** A new secret; the old ones sign along for a day. */
export function rollSecret(store: Store, endpointId: string, oldFor = 24 * HOUR): Promise<string> {
  return store.write(async (tx) => {
    const { data, hidden } = await tx.lock<Stripe.WebhookEndpoint, EndpointSecrets>('webhook_endpoint', endpointId)
    const secret = newId('whsec_', 32)
    const until = Date.now() + oldFor
    const old = hidden.secrets.map((one) => ({ ...one, until: Math.min(one.until ?? until, until) }))
    await tx.save(data, { ...hidden, secrets: [{ secret, until: null }, ...old] })
    return secret
  })
}

/** By hand, from the panel: whatever the chaos, and however often it was delivered before. */
export async function deliverAgain(store: Store, eventId: string): Promise<void> {
  await store.write(async (tx) => {
    await tx.get('event', eventId)
    await tx.db.query(
      `insert into sandbox.deliveries (event_id, endpoint_id, due_at)
       select $1, id, $2 from sandbox.objects
       where object = 'webhook_endpoint' and not deleted and data->>'status' = 'enabled'`,
      [eventId, Math.round(tx.now)],
    )
  })
  store.onEvents()
}
