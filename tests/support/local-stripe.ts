import Stripe from 'stripe'
import { expect } from 'vitest'
import { createSandbox, type How, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'
import type { TestDatabase } from './databases.ts'

const BASE = 'http://localhost:3000'
export const DAY = 24 * 60 * 60 * 1000

export type LocalStripe = Awaited<ReturnType<typeof openLocalStripe>>

/** A sandbox of the test's own, as the official SDK sees it. */
export async function openLocalStripe(database: TestDatabase, options: Partial<SandboxOptions> = {}) {
  const { pool } = await database.fresh()
  const open = (changes: Partial<SandboxOptions> = {}) =>
    createSandbox({ pool, baseUrl: BASE, settleAfterMs: 0, ...options, ...changes })
  const sandbox = await open()
  const stripe = clientOf(sandbox)

  const eventsSince = async (since = 0) => {
    const events: Stripe.Event[] = []
    for await (const event of stripe.events.list({ limit: 100 })) events.unshift(event)
    return events.slice(since)
  }
  return {
    pool,
    sandbox,
    stripe,
    /** The same state under another process. */
    reopen: open,
    /** A tip, paid: its charge. */
    async charge({ amount = 6600, currency = 'cny', ...how }: How & { currency?: string } = {}) {
      const product_data = { name: 'A red packet' }
      const session = await stripe.checkout.sessions.create({
        mode: 'payment',
        success_url: `${BASE}/thanks`,
        line_items: [{ quantity: 1, price_data: { currency, unit_amount: amount, product_data } }],
        payment_intent_data: { description: 'Thanks' },
      })
      await sandbox.pay(session.id, { email: 'payer@example.com', ...how })
      const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge'] })
      return (paid.payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge
    },
    /** What `work` sets off, oldest first. */
    async eventsOf(work: () => Promise<unknown>): Promise<Stripe.Event[]> {
      const before = (await eventsSince()).length
      await work()
      return eventsSince(before)
    },
    /** The balance in one currency; it must be what the balance transactions come to. */
    async balance(currency = 'cny') {
      const balance = await stripe.balance.retrieve()
      const of = (funds: Stripe.Balance.Available[]) => funds.find((one) => one.currency === currency)?.amount ?? 0
      const sums: Record<string, number> = { available: 0, pending: 0 }
      const now = Math.floor((await sandbox.clock.now()) / 1000)
      for await (const transaction of stripe.balanceTransactions.list({ currency, limit: 100 })) {
        expect(transaction.net).toBe(transaction.amount - transaction.fee)
        expect(transaction.fee_details.reduce((sum, { amount }) => sum + amount, 0)).toBe(transaction.fee)
        if (transaction.status === 'pending') expect(transaction.available_on).toBeGreaterThan(now)
        sums[transaction.status]! += transaction.net
      }
      const shown = { available: of(balance.available), pending: of(balance.pending) }
      expect(shown).toEqual(sums)
      return shown
    },
    /** A button of the panel. */
    press: (path: string, form: Record<string, string> = {}) =>
      sandbox.app.request(`/panel/${path}`, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { origin: 'http://localhost' },
      }),
  }
}

export const clientOf = ({ fetch }: Pick<Sandbox, 'fetch'>, config: Stripe.StripeConfig = {}) =>
  new Stripe('sk_test_sandbox', { httpClient: Stripe.createFetchHttpClient(fetch), maxNetworkRetries: 0, ...config })

export const typesOf = (events: Stripe.Event[]) => events.map(({ type }) => type)

export const problem = (promise: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  promise.then(
    () => expect.fail('it was accepted'),
    (error) => error,
  )
