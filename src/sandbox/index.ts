import { Hono } from 'hono'
import type { Transport } from 'nodemailer'
import type pg from 'pg'
import type Stripe from 'stripe'
import { api } from './api.ts'
import { type BillingByHand, billingByHand } from './billing/by-hand.ts'
import { testCard } from './cards.ts'
import { authenticate, type Outcome, pay } from './checkout.ts'
import { checkoutPages } from './checkout-page.tsx'
import { orAborted } from './faults.ts'
import type { Method } from './fees.ts'
import { invoicePages } from './invoice-page.tsx'
import { loop } from './loop.ts'
import { createMailbox, type Mail } from './mailbox.ts'
import { mailboxPages } from './mailbox-page.tsx'
import { type MoneyByHand, moneyByHand } from './money/by-hand.ts'
import { settlePendingRefunds } from './money/refunds.ts'
import { styles } from './pages.tsx'
import { panelPages } from './panel.tsx'
import { portalPages } from './portal-page.tsx'
import { createSchema } from './schema.ts'
import { type Chaos, type Dunning, Store } from './store.ts'
import { advance, runTimers } from './timers.ts'
import { deliverDue, keepEndpoint, rollSecret } from './webhooks.ts'

export type { Chaos, Dunning, Mail }

export interface SandboxOptions {
  /** State lives in the schema `sandbox` of this database. May be PGlite behind a pool of one connection. */
  pool: pg.Pool
  /** The public origin: the hosted page is at `${baseUrl}/sandbox/checkout/:id`. */
  baseUrl: string
  /** The default webhook endpoint. Without it there are events and no webhooks, except to endpoints made through the API. */
  webhook?: { url: string; secret: string }
  /** How webhooks go out. */
  fetch?: typeof globalThis.fetch
  settlementCurrency?: string
  /** From payment to charge.updated with the balance transaction; 0 settles in the payment's own transaction. */
  settleAfterMs?: number
  /** From a refund to the wallet's answer, or the bank's reference. */
  refundAfterMs?: number
  /** From the payment by a card that is disputed to the dispute, and from evidence to the bank's decision. */
  disputeAfterMs?: number
  /** Daily: whatever has become available goes out as the day begins (UTC). */
  payouts?: 'manual' | 'daily'
}

export interface How {
  card?: string
  method?: Method
  email?: string
  name?: string
  amount?: number
  /** Of the first item with an adjustable quantity. */
  quantity?: number
  promotionCode?: string
}

export interface Sandbox extends BillingByHand, MoneyByHand {
  /** To be mounted at /sandbox. */
  app: Hono
  /** For Stripe.createFetchHttpClient: answers https://api.stripe.com/v1/… in process. */
  fetch: typeof globalThis.fetch
  chaos: { get(): Promise<Chaos>; set(chaos: Partial<Chaos>): Promise<void> }
  /** Whatever falls due on the way happens, each at its time: renewals, settlements, expiries. */
  clock: { now(): Promise<number>; advance(ms: number): Promise<void> }
  /** What a payer does on the hosted page. A wallet is authorised at once; a card that asks waits for `authenticate`. */
  pay(sessionId: string, how?: How): Promise<{ redirect: string; status: 'paid' | 'declined' | 'requires_action' }>
  authenticate(sessionId: string, agreed?: boolean): Promise<{ redirect: string; status: 'paid' | 'declined' }>
  /** Does what is due now and attempts the webhooks that are. Returns how many were answered with a 2xx. */
  deliver(): Promise<number>
  /** Every pending settlement and refund, due or not. Delivers nothing. */
  settle(): Promise<void>
  rollSecret(endpointId: string): Promise<string>
  start(): void
  stop(): Promise<void>
  mailbox: { transport: Transport; list(): Promise<Mail[]>; clear(): Promise<void> }
}

export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { pool, baseUrl, settlementCurrency = 'cny', settleAfterMs = 2000 } = options
  const { refundAfterMs = 5000, disputeAfterMs = 10_000, payouts = 'manual' } = options
  await createSchema(pool)
  const account = { baseUrl, settlementCurrency, settleAfterMs, refundAfterMs, disputeAfterMs, payouts }
  const store = new Store(pool, account)
  await keepEndpoint(store, options.webhook)

  const deliver = async () => {
    await runTimers(store)
    return deliverDue(store, options.fetch ?? globalThis.fetch)
  }
  const background = loop(deliver, 1000)
  store.onEvents = background.kick

  const mailbox = createMailbox(pool)
  const app = new Hono()
    .route('/', styles())
    .route('/', api(store))
    .route('/', checkoutPages(store))
    .route('/', invoicePages(store))
    .route('/', portalPages(store))
    .route('/', mailboxPages(mailbox))
    .route('/', panelPages(store))

  const pageOf = (sessionId: string) => `${baseUrl}/sandbox/checkout/${sessionId}`
  const answer = (sessionId: string, outcome: Outcome) => {
    if (outcome.status === 'closed') throw new Error(`Checkout Session ${sessionId} is not open`)
    return { redirect: 'redirect' in outcome ? outcome.redirect : pageOf(sessionId), status: outcome.status }
  }

  const sandbox: Sandbox = {
    app,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      return orAborted(init?.signal ?? request.signal, Promise.resolve(app.request(request)))
    },
    chaos: {
      get: async () => (await store.settings()).chaos,
      set: async (chaos) => store.saveSetting('chaos', { ...(await store.settings()).chaos, ...chaos }),
    },
    clock: {
      now: () => store.now(),
      advance: (ms) => advance(store, ms),
    },
    ...billingByHand(store),
    ...moneyByHand(store),
    async pay(sessionId, { card = '4242424242424242', method = 'card', email, name, ...chosen } = {}) {
      const read = method === 'card' ? testCard(card) : undefined
      const session = await store.read((tx) => tx.get<Stripe.Checkout.Session>('checkout.session', sessionId))
      const payer = { email: email ?? session.customer_details?.email ?? 'payer@example.com', name: name ?? null }
      const outcome = await pay(store, sessionId, {
        method,
        payer,
        ...(read && { card: read }),
        ...chosen,
      })
      if (method !== 'card' && outcome.status === 'requires_action') return sandbox.authenticate(sessionId)
      return answer(sessionId, outcome)
    },
    async authenticate(sessionId, agreed = true) {
      const { redirect, status } = answer(sessionId, await authenticate(store, sessionId, agreed))
      if (status === 'requires_action') throw new Error('asked for authentication twice')
      return { redirect, status }
    },
    deliver,
    async settle() {
      await runTimers(store, 'settle')
      await store.write(settlePendingRefunds)
    },
    rollSecret: (endpointId) => rollSecret(store, endpointId),
    start: background.start,
    stop: background.stop,
    mailbox,
  }
  return sandbox
}
