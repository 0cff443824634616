import type { Hono } from 'hono'
import { createTransport } from 'nodemailer'
import { onTestFinished } from 'vitest'
import { createOwnerLink } from '../../src/auth/owner-link.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import type { Connection } from '../../src/db/connection.ts'
import type { PaymentCode } from '../../src/define-catalog.ts'
import { SYNC_PACE } from '../../src/jobs/queue.ts'
import { createStripe, noStripe } from '../../src/payments/stripe.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { start } from '../../src/start.ts'
import type { TestDatabase } from './databases.ts'
import { untilQuiet } from './quiet.ts'
import { Visitor } from './visitor.ts'

export const SECRET = 'whsec_test'
const BASE_URL = 'http://localhost:3000'
/** Events are worked off as they come: a test waits for no others. */
export const AT_ONCE = { ...SYNC_PACE, gatherMs: 0 }

export type Shop = Awaited<ReturnType<typeof openShop>>

export interface ShopOptions {
  webhooks?: boolean
  /** How long Stripe takes to tell the fee. */
  settleAfterMs?: number
  env?: NodeJS.ProcessEnv
  paymentCodes?: PaymentCode[]
}

/**
 * The whole app on its own database, sandbox and mailbox, closed after the test.
 * Without `webhooks` the sandbox calls nobody: the test brings its events itself, or lets the app ask for them.
 */
export async function openShop(
  database: TestDatabase,
  { webhooks = true, settleAfterMs = 0, env = {}, paymentCodes }: ShopOptions = {},
) {
  const connection = await database.fresh()
  const config: Config = loadConfig({ STRIPE_WEBHOOK_SECRET: SECRET, ...env })
  const site: { app?: Hono } = {}
  const sandbox = await createSandbox({
    pool: connection.pool,
    baseUrl: BASE_URL,
    settleAfterMs,
    ...(webhooks && { webhook: { url: `${BASE_URL}/webhooks/stripe`, secret: SECRET } }),
    fetch: async (input, init) => site.app!.fetch(new Request(input, init)),
  })
  const stripe = config.stripe.isUsed ? createStripe('sk_test_sandbox', { fetch: sandbox.fetch }) : noStripe()
  const transporter = createTransport(sandbox.mailbox.transport)
  const { app, jobs, stop } = await start({ config, connection, stripe, transporter, paymentCodes, syncPace: AT_ONCE })
  site.app = app
  onTestFinished(async () => {
    await sandbox.stop()
    await stop()
  })

  const visitor = (language = 'zh-CN', address?: string) => new Visitor(app, language, address)
  return {
    app,
    config,
    connection,
    db: connection.db,
    jobs,
    sandbox,
    stripe,
    visitor,
    /** Until nothing is left to deliver, to sync or to send. */
    quiet: () => untilQuiet(connection, sandbox),
    /** Somebody signed in as the owner. */
    owner: async (language?: string) => {
      const owner = visitor(language)
      const link = await createOwnerLink(connection.db, config)
      await owner.post('/sign-in/link', { token: new URL(link).searchParams.get('token')! })
      return owner
    },
    mails: () => sandbox.mailbox.list(),
    /** Fills in the tip form and pays at Stripe; returns where the payer lands. */
    tip: (form: TipForm = {}, how?: Parameters<typeof sandbox.pay>[1]) => tip(visitor(), sandbox, form, how),
  }
}

export interface TipForm {
  amount?: string
  own?: string
  name?: string
  message?: string
}

async function tip(visitor: Visitor, sandbox: Awaited<ReturnType<typeof createSandbox>>, form: TipForm, how?: object) {
  const sent = await visitor.post('/tip', { amount: '660', request: crypto.randomUUID(), ...form })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  const { redirect } = await sandbox.pay(sessionId, { email: 'payer@example.com', ...how })
  return { sessionId, redirect: redirect.replace(BASE_URL, '') }
}

/** The Checkout Session whose page an address is of. */
export function sessionIdOf(location: string | null): string {
  const id = /\/sandbox\/checkout\/(cs_test_\w+)/.exec(location ?? '')?.[1]
  if (!id) throw new Error(`${location} is no payment page`)
  return id
}

export type { Connection }
