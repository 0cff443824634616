import type { Hono } from 'hono'
import type { Transporter } from 'nodemailer'
import type Stripe from 'stripe'
import { createApp } from './app.tsx'
import type { Config } from './config.ts'
import type { Connection } from './db/connection.ts'
import { migrate } from './db/migrate.ts'
import { startJobs } from './jobs/queue.ts'
import { deliverMail, giveUp } from './mail/delivery.ts'
import { poll } from './payments/poll.ts'
import { syncEvents } from './payments/sync.ts'

const POLL_SECONDS_WITHOUT_WEBHOOK = 2
const POLL_CRON = '*/5 * * * *'

export interface StartOptions {
  config: Config
  connection: Connection
  stripe: Stripe
  transporter: Transporter
}

/** Everything that runs in one process: schema, web application, and the workers behind it. Listens nowhere yet. */
export async function start({
  config,
  connection,
  stripe,
  transporter,
}: StartOptions): Promise<{ app: Hono; stop(): Promise<void> }> {
  const { db, pool } = connection
  await migrate(db)
  const jobs = await startJobs(pool, (error) => console.error(String(error)))
  const deps = { config, db, jobs, stripe }

  await jobs.work('sync', ({ objectId }) => syncEvents(deps, objectId))
  const post = { db, transporter, from: config.mail.from, replyTo: config.ownerEmail }
  await jobs.work('mail', ({ mailId }) => deliverMail(post, mailId))
  await jobs.work('mail-failed', ({ mailId }) => giveUp(db, mailId))
  await jobs.work('poll', async () => void (await poll(deps)))
  await jobs.schedule('poll', POLL_CRON)
  const stopPolling = config.stripe.webhookSecrets.length === 0 ? pollOften(deps) : async () => {}

  return {
    app: createApp(deps),
    async stop() {
      await stopPolling()
      await jobs.stop()
      transporter.close()
    },
  }
}

/** Without a webhook, asking is the only way to hear of a payment whose customer did not come back. */
function pollOften(deps: Parameters<typeof poll>[0]): () => Promise<void> {
  const stopped = new AbortController()
  const loop = async () => {
    while (!stopped.signal.aborted) {
      await poll(deps).catch((error) => console.error(String(error)))
      await pause(POLL_SECONDS_WITHOUT_WEBHOOK * 1000, stopped.signal)
    }
  }
  const running = loop()
  return async () => {
    stopped.abort()
    await running
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
  })
}
