import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { replaceCard, subscriptionsOf } from './billing/by-hand.ts'
import { cancelNow } from './billing/cancel.ts'
import { changeSubscription } from './billing/change.ts'
import { alone } from './billing/state.ts'
import type { Invoice, Subscription } from './billing/types.ts'
import { billingWords } from './billing-words.ts'
import { declineText, readCardFields, TEST_CARD } from './card-fields.tsx'
import { fromTheBrowser } from './checkout.ts'
import { StripeError } from './errors.ts'
import { unknown } from './invoice-page.tsx'
import { guards, page } from './pages.tsx'
import { Portal, type PortalView } from './portal-view.tsx'
import type { Price } from './resources/prices.ts'
import type { Store } from './store.ts'
import type { Tx } from './tx.ts'
import { languageOf } from './words.ts'

type Session = Stripe.BillingPortal.Session
type Features = Stripe.BillingPortal.Configuration['features']

/** The customer portal: /portal/:id, for whoever has the address. */
export function portalPages(store: Store): Hono {
  const app = new Hono()
  app.use('/portal/*', ...guards)
  app.get('/portal/:id', (c) => show(store, c))

  const act = (name: keyof typeof ACTIONS) =>
    app.post(`/portal/:id/${name}`, async (c) => {
      const form = (await c.req.parseBody()) as Record<string, string>
      const done = await store.write(async (tx) => {
        await alone(tx)
        const view = await viewOf(tx, c)
        const subscription = view?.subscriptions.find(({ id }) => id === form.subscription)
        if (!view || !subscription) return false
        await ACTIONS[name](tx, subscription, view.features, form)
        return true
      }, fromTheBrowser())
      return done ? c.redirect(`/sandbox/portal/${c.req.param('id')}`, 303) : unknown(c)
    })
  for (const name of Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]) act(name)

  app.post('/portal/:id/card', async (c) => {
    const typed = { ...TEST_CARD, ...((await c.req.parseBody()) as Record<string, string>) }
    const view = await store.read((tx) => viewOf(tx, c))
    if (!view?.features.payment_method_update.enabled) return unknown(c)
    const { card, problems } = readCardFields(typed, view.language)
    if (!card) return show(store, c, { typed, problems }, 422)
    try {
      await store.write((tx) => replaceCard(tx, view.customer.id, card), fromTheBrowser())
      return c.redirect(`/sandbox/portal/${c.req.param('id')}`, 303)
    } catch (error) {
      if (!(error instanceof StripeError)) throw error
      return show(store, c, { typed, problems: { form: declineText(error.body, view.language) } }, 402)
    }
  })
  return app
}

const ACTIONS = {
  async cancel(tx: Tx, subscription: Subscription, features: Features, form: Record<string, string>) {
    const { enabled, mode, proration_behavior } = features.subscription_cancel
    if (!enabled) return
    const cancellation_details = form.feedback ? { feedback: form.feedback } : {}
    // With flexible billing the portal sets a date, and leaves cancel_at_period_end alone.
    if (mode === 'immediately') {
      await cancelNow(tx, subscription, { cancellation_details, prorate: proration_behavior !== 'none' })
    } else await changeSubscription(tx, subscription, { cancel_at: 'min_period_end', cancellation_details })
  },
  async resume(tx: Tx, subscription: Subscription) {
    await changeSubscription(
      tx,
      subscription,
      subscription.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: null },
    )
  },
  async switch(tx: Tx, subscription: Subscription, features: Features, form: Record<string, string>) {
    const price = (await offeredPrices(tx, features)).find(({ id }) => id === form.price)
    if (!price) return
    const proration_behavior = features.subscription_update.proration_behavior as 'none'
    const [item] = subscription.items.data
    await changeSubscription(tx, subscription, { items: [{ id: item!.id, price }], proration_behavior })
  },
}

async function offeredPrices(tx: Tx, { subscription_update: update }: Features): Promise<Price[]> {
  if (!update.enabled || !update.default_allowed_updates.includes('price')) return []
  const ids = (update.products ?? []).flatMap(({ prices }) => prices)
  const prices: Price[] = []
  for (const id of ids) prices.push(await tx.get<Price>('price', id))
  return prices.filter(({ active }) => active)
}

async function viewOf(tx: Tx, c: Context): Promise<PortalView | undefined> {
  const session = await tx.find<Session>('billing_portal.session', c.req.param('id') ?? '')
  if (!session) return undefined
  const { features } = await tx.get<Stripe.BillingPortal.Configuration>(
    'billing_portal.configuration',
    session.configuration as string,
  )
  const customer = await tx.get<Stripe.Customer>('customer', session.customer)
  const subscriptions = await subscriptionsOf(tx, customer.id)
  const { data: invoices } = await tx.list<Invoice>('invoice', '', { limit: 24 }, [
    ["data->>'customer' = ?", customer.id],
    ["data->>'status' <> ?", 'draft'],
  ])
  const method = subscriptions[0]?.default_payment_method ?? customer.invoice_settings.default_payment_method
  const names: Record<string, string> = {}
  const prices = await offeredPrices(tx, features)
  for (const price of [...prices, ...subscriptions.flatMap(({ items }) => items.data.map((item) => item.price))]) {
    names[price.product as string] = (await tx.get<Stripe.Product>('product', price.product as string)).name
  }
  const card = method && (await tx.find<Stripe.PaymentMethod>('payment_method', method as string))
  return {
    session,
    features,
    customer,
    subscriptions,
    invoices: features.invoice_history.enabled ? invoices : [],
    prices,
    names,
    ...(card && { card }),
    language: languageOf(session.locale, c.req.header('accept-language')),
  }
}

async function show(
  store: Store,
  c: Context,
  filled: { typed: Record<string, string>; problems: Record<string, string> } = { typed: TEST_CARD, problems: {} },
  status: 200 | 402 | 422 = 200,
) {
  const view = await store.read((tx) => viewOf(tx, c))
  if (!view) return unknown(c)
  const { language } = view
  return page(c, { title: billingWords[language].portal, language, status }, <Portal {...view} {...filled} />)
}
