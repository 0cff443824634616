import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import type { Hono } from 'hono'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { loadConfig } from '../../src/config.ts'
import { connectionOf, types } from '../../src/db/connection.ts'
import { handledTypes } from '../../src/payments/event-table.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { start } from '../../src/start.ts'
import { type Template, template } from './templates.ts'

const BASE_URL = 'http://localhost:3000'

/** What Stripe says of a tip of ¥6.6 from beginning to end, as the sandbox says it. */
export interface Recording {
  /** The events of one payment, in the order in which they come; the last one brings the fee. */
  events: Template[]
  /** What the app asks of Stripe afterwards: the payment's Checkout Session with all that hangs on it. */
  session: Template
  /** A Checkout Session as it is created. */
  opened: Template
}

/** Tips once, at an app in this process, and writes down what Stripe had to say. */
export async function record(): Promise<Recording> {
  const lite = await PGlite.create()
  const connection = connectionOf(new pg.Pool({ ...createPgConfig(lite), max: 1, types }), () => lite.close())
  const events: string[] = []
  const site: { app?: Hono } = {}
  const sandbox = await createSandbox({
    pool: connection.pool,
    baseUrl: BASE_URL,
    settleAfterMs: 0,
    webhook: { url: `${BASE_URL}/webhooks/stripe`, secret: 'whsec_bench' },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const text = await request.clone().text()
      // The others an endpoint made by stripe:setup is not told of.
      if (handledTypes.includes(JSON.parse(text).type)) events.push(text)
      return site.app!.fetch(request)
    },
  })
  const answers = new Map<string, string>()
  const stripe = createStripe('sk_test_bench', {
    fetch: async (input, init) => {
      const answer = await sandbox.fetch(input, init)
      const { pathname } = new URL(String(input))
      answers.set(`${init?.method} ${pathname}`, await answer.clone().text())
      return answer
    },
  })
  const config = loadConfig({ STRIPE_SECRET_KEY: 'sk_test_bench', STRIPE_WEBHOOK_SECRET: 'whsec_bench' })
  const transporter = createTransport(sandbox.mailbox.transport)
  const { app, stop } = await start({ config, connection, stripe, transporter })
  site.app = app

  const form = new URLSearchParams({
    amount: '660',
    name: '小明',
    message: '谢谢你，帮大忙了。',
    request: crypto.randomUUID(),
  })
  const sent = await app.request('/tip', { method: 'POST', body: form, headers: { origin: BASE_URL } })
  const sessionId = /cs_test_\w+/.exec(sent.headers.get('location') ?? '')![0]
  await sandbox.pay(sessionId, { email: 'payer@example.com' })
  await sandbox.deliver()
  while (!answers.has('GET /v1/checkout/sessions')) await new Promise((resolve) => setTimeout(resolve, 50))
  await sandbox.stop()
  await stop()
  await connection.close()
  return {
    events: events.map(asLive),
    session: asLive(answers.get('GET /v1/checkout/sessions')!),
    opened: asLive(answers.get('POST /v1/checkout/sessions')!),
  }
}

function asLive(text: string): Template {
  return template(text.replaceAll(/"livemode": ?false/g, '"livemode":true'))
}
