import Stripe from 'stripe'
import { createSandbox } from '../../src/sandbox/index.ts'
import type { TestDatabase } from './databases.ts'

export const BASE = 'http://localhost:3000'
export const DAY = 24 * 60 * 60 * 1000
/** Can be kept, and fails when it is charged. */
export const FAILING_CARD = '4000000000000341'

/** A sandbox with a plan for sale, as the official SDK sees it. */
export async function openBilling(database: TestDatabase) {
  const { pool } = await database.fresh()
  const sandbox = await createSandbox({ pool, baseUrl: BASE, settleAfterMs: 0 })
  const stripe = new Stripe('sk_test_sandbox', { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) })
  const { id: product } = await stripe.products.create({ name: 'Pro' })
  const price = (unit_amount: number, interval: 'month' | 'year') =>
    stripe.prices.create({ product, currency: 'cny', unit_amount, recurring: { interval } })
  const month = await price(3300, 'month')
  let seen = (await stripe.events.list({ limit: 1 })).data[0]!.id

  const checkout = (params: Stripe.Checkout.SessionCreateParams = {}) =>
    stripe.checkout.sessions.create({
      mode: 'subscription',
      success_url: `${BASE}/thanks?session_id={CHECKOUT_SESSION_ID}`,
      line_items: [{ price: month.id, quantity: 1 }],
      ...params,
    })

  return {
    sandbox,
    stripe,
    month,
    dear: () => price(9900, 'month'),
    year: () => price(33000, 'year'),
    checkout,
    /** Somebody subscribes on the hosted page. */
    async subscribe(params: Stripe.Checkout.SessionCreateParams = {}, how: Parameters<typeof sandbox.pay>[1] = {}) {
      const { id } = await checkout(params)
      await sandbox.pay(id, { email: 'subscriber@example.com', ...how })
      const session = await stripe.checkout.sessions.retrieve(id)
      return stripe.subscriptions.retrieve(session.subscription as string)
    },
    /** A customer with a card, through the API. */
    async customerWithCard(card = 'pm_card_visa') {
      const { id } = await stripe.customers.create({ email: 'api@example.com' })
      const method = await stripe.paymentMethods.attach(card, { customer: id })
      return stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } })
    },
    again: <T extends { id: string }>({ id }: T) => stripe.subscriptions.retrieve(id),
    invoicesOf: async ({ id }: { id: string }) => (await stripe.invoices.list({ subscription: id })).data,
    /** The events since the last time, oldest first, without those of the account's own money. */
    async told() {
      const events: Stripe.Event[] = []
      for await (const event of stripe.events.list({ ending_before: seen, limit: 100 })) events.push(event)
      seen = events.at(-1)?.id ?? seen
      return events.filter(({ type }) => !/^(balance|payout)\./.test(type))
    },
    page: (path: string) => sandbox.app.request(path),
    press: (path: string, form: Record<string, string>) =>
      sandbox.app.request(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { origin: 'http://localhost' },
      }),
  }
}

export type Billing = Awaited<ReturnType<typeof openBilling>>

export const problemOf = (promise: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  promise.then(
    () => {
      throw new Error('it was accepted')
    },
    (error) => error,
  )
