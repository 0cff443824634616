import type { Hono } from 'hono'
import type { Transporter } from 'nodemailer'
import type Stripe from 'stripe'
import { createApp } from './app.tsx'
import { proofMail } from './auth/proof-mail.ts'
import { sweepExpired } from './auth/sweep.ts'
import type { Config } from './config.ts'
import type { Connection } from './db/connection.ts'
import { migrate } from './db/migrate.ts'
import { keepStripeMode } from './db/stripe-mode.ts'
import type { PaymentCode } from './define-catalog.ts'
import { type Jobs, type Pace, startJobs } from './jobs/queue.ts'
import { log } from './log.ts'
import { deliverMail, giveUp } from './mail/delivery.ts'
import { alertOwner } from './operations/alert.ts'
import { updateCustomerEmail } from './payments/customers.ts'
import { requeueDue } from './payments/inbox.ts'
import { removeOldEvents } from './payments/old-events.ts'
import { mailEndingPasses } from './payments/pass-mails.ts'
import { poll } from './payments/poll.ts'
import { reconcileLately } from './payments/reconcile/hourly.ts'
import { finishRefunds } from './payments/refund-claims.ts'
import { syncEvents } from './payments/sync.ts'
import { noteMilestones } from './revenue/milestones.ts'
import { mendRollups, rollUp } from './revenue/rollups.ts'

const POLL_SECONDS_WITHOUT_WEBHOOK = 2
const POLL_CRON = '*/5 * * * *'

export interface StartOptions {
  config: Config
  connection: Connection
  stripe: Stripe
  /** For what works behind the pages, and may take long; by default the same. */
  workers?: { connection: Connection; stripe: Stripe }
  transporter: Transporter
  /** How events are worked off; tests do not wait for more of them. */
  syncPace?: Pace
  /** Instead of the catalog's. */
  paymentCodes?: PaymentCode[] | undefined
}

/** Everything that runs in one process: schema, web application, and the workers behind it. Listens nowhere yet. */
export async function start({
  config,
  connection,
  stripe,
  workers = { connection, stripe },
  transporter,
  syncPace,
  paymentCodes,
}: StartOptions): Promise<{ app: Hono; jobs: Jobs; stop(): Promise<void> }> {
  const { db, pool } = workers.connection
  await migrate(db, config)
  await keepStripeMode(db, config.stripe.mode)
  const jobs = await startJobs(pool, logError, syncPace)
  const deps = { config, db, jobs, stripe: workers.stripe }
  const hasStripe = config.stripe.isUsed

  await jobs.work('sync', ({ objectId }) => syncEvents(deps, objectId))
  const post = {
    db,
    transporter,
    from: config.mail.from,
    replyTo: config.ownerEmail,
    proofMail: (proofId: string) => proofMail(db, config, proofId),
  }
  await jobs.work('mail', ({ mailId }) => deliverMail(post, mailId))
  await jobs.work('mail-failed', ({ mailId }) => giveUp(db, mailId))
  await jobs.work('poll', async () => {
    if (hasStripe) await poll(deps)
  })
  await jobs.schedule('poll', POLL_CRON)
  await jobs.work('customer-email', ({ userId }) => updateCustomerEmail(deps, userId))
  await jobs.work('reconcile', async () => {
    if (hasStripe) await reconcileLately(deps)
  })
  await jobs.schedule('reconcile', '23 * * * *')
  await jobs.work('requeue', () => requeueDue(deps))
  await jobs.schedule('requeue', '* * * * *')
  await jobs.work('sweep', async () => {
    await sweepExpired(db)
    await removeOldEvents(db)
  })
  await jobs.schedule('sweep', '17 3 * * *')
  await jobs.work('refunds', () => finishRefunds(deps))
  await jobs.schedule('refunds', '* * * * *')
  await jobs.work('pass-ends', () => mailEndingPasses(deps))
  // Nine in the morning in China.
  await jobs.schedule('pass-ends', '3 1 * * *')
  await jobs.work('alert', () => alertOwner(deps))
  await jobs.schedule('alert', '*/5 * * * *')
  await jobs.work('roll-up', async () => {
    await rollUp(db, config.timeZone)
    await noteMilestones(db)
  })
  await jobs.schedule('roll-up', '*/5 * * * *')
  // It reads all of the books.
  await jobs.work('mend-roll-up', async () => void (await mendRollups(db, config.timeZone)))
  await jobs.schedule('mend-roll-up', '47 3 * * *')
  const stopPolling = hasStripe && config.stripe.webhookSecrets.length === 0 ? pollOften(deps) : async () => {}

  return {
    app: createApp({ config, jobs, stripe, db: connection.db, pool: connection.pool, paymentCodes }),
    jobs,
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
      await poll(deps).catch(logError)
      await pause(POLL_SECONDS_WITHOUT_WEBHOOK * 1000, stopped.signal)
    }
  }
  const running = loop()
  return async () => {
    stopped.abort()
    await running
  }
}

// pg-boss reports plain objects, too.
function logError(error: unknown): void {
  log.warn((error as Error | undefined)?.message ?? String(error))
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
  })
}
