import { timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { sql } from 'kysely'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { sha256 } from '../auth/tokens.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { isWaiting } from '../mail/outbox.ts'
import { isKept } from '../payments/offline-entries.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * What Prometheus reads at `/metrics`, https://prometheus.io/docs/instrumenting/exposition_formats/. Of requests each process
 * tells its own; what is in the database is the same at all of them, and read when it is asked for.
 */
export function createMetrics(db: Db) {
  const register = new Registry()
  const answered = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Requests by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [register],
  })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [register] })
  const inDatabase = {
    webhookLag: gauge('webhook_lag_seconds', 'Age of the oldest event that is not booked yet'),
    eventsWaiting: gauge('events_waiting', 'Events that are not booked yet'),
    eventsFailed: gauge('events_failed', 'Events that could not be booked so far, and are tried again'),
    mailsWaiting: gauge('mails_waiting', 'Mails in the outbox'),
    mailsFailed: gauge('mails_failed', 'Mails that were given up'),
    queueDepth: gauge('queue_depth', 'Jobs that wait, by queue', ['queue']),
    payments: gauge('payments', 'Payments of the last 24 hours, by currency', ['currency']),
    revenue: gauge('revenue', 'Paid in the last 24 hours, in minor units, by currency', ['currency']),
  }
  return { register, answered, read: () => readInto(db, inDatabase) }
}

async function readInto(db: Db, gauges: Record<string, Gauge>): Promise<void> {
  const [counts, queues, paid] = await Promise.all([
    sql<Record<string, number>>`
      select
        (select coalesce(extract(epoch from now() - min(received_at)), 0)::float8 from inbox where applied_at is null) as "webhookLag",
        (select count(*) from inbox where applied_at is null) as "eventsWaiting",
        (select count(*) from inbox where applied_at is null and failures > 0) as "eventsFailed",
        (select count(*) from mails where ${isWaiting}) as "mailsWaiting",
        (select count(*) from mails where failed_at is not null) as "mailsFailed"
    `.execute(db),
    sql<{ queue: string; depth: number }>`
      select name as queue, count(*) as depth from pgboss.job where state in ('created', 'retry') group by name
    `.execute(db),
    sql<{ currency: string; payments: number; revenue: number }>`
      select currency, count(*) as payments, sum(amount)::bigint as revenue from (
        select currency, amount from payments where paid_at > now() - interval '24 hours'
        union all
        select currency, amount from offline_entries where received_at > now() - interval '24 hours' and ${isKept}
      ) as paid group by currency
    `.execute(db),
  ])
  for (const [name, value] of Object.entries(counts.rows[0]!)) gauges[name]!.set(value)
  for (const name of ['queueDepth', 'payments', 'revenue']) gauges[name]!.reset()
  for (const { queue, depth } of queues.rows) gauges.queueDepth!.set({ queue }, depth)
  for (const { currency, payments, revenue } of paid.rows) {
    gauges.payments!.set({ currency }, payments)
    gauges.revenue!.set({ currency }, revenue)
  }
}

/** `/metrics`, for whoever brings METRICS_TOKEN as a bearer token; without one set there is no such page. */
export function metricsRoutes({ register, read }: Metrics, { metricsToken }: Pick<Config, 'metricsToken'>): Hono {
  const app = new Hono()
  if (!metricsToken) return app
  // It watches the process as long as that lives: only where somebody reads it.
  collectDefaultMetrics({ register })
  return app.get('/', async (c) => {
    if (!isSame(c.req.header('authorization') ?? '', `Bearer ${metricsToken}`)) {
      return c.text('METRICS_TOKEN, please', 401, { 'www-authenticate': 'Bearer' })
    }
    await read()
    return c.body(await register.metrics(), 200, { 'content-type': register.contentType })
  })
}

// Of one length, whatever was sent.
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))
}
