import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { catalog as ours } from '../../src/catalog.ts'
import { type Catalog, type CatalogText, defineCatalog } from '../../src/define-catalog.ts'
import { createCheckout } from '../../src/payments/checkout.ts'
import { handledTypes } from '../../src/payments/event-table.ts'
import { PORTAL_MARK } from '../../src/payments/portal.ts'
import { keepAsCatalog } from '../../src/payments/setup/keep.ts'
import { type SetupOptions, setUpStripe } from '../../src/payments/setup/set-up.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { stripePriceId } from '../../src/payments/stripe-prices.ts'
import { onBothDatabases, type TestDatabase } from '../support/databases.ts'
import { clientOf, openLocalStripe, problem } from '../support/local-stripe.ts'
import { openShop, sessionIdOf } from '../support/shop.ts'

const SITE = 'https://shop.example'
const URL_OF_OURS = `${SITE}/webhooks/stripe`

onBothDatabases('stripe:setup', (database) => {
  test('makes all that is sold, once; a second run changes nothing', async () => {
    const account = await openAccount(database)
    const first = await account.setUp(shelf())
    expect(actsOf(first)).toEqual(['create', 'create', 'create', 'create', 'create', 'create', 'create'])
    expect(await account.stripe.products.retrieve('first-paid-user-talk')).toMatchObject({
      name: 'A talk',
      active: true,
    })
    expect(await account.priceOf('talk-1')).toMatchObject({ unit_amount: 1000, currency: 'cny', recurring: null })
    expect(await account.priceOf('club-year')).toMatchObject({ unit_amount: 33_000, recurring: { interval: 'year' } })

    const before = await account.stripe.events.list({ limit: 1 })
    const second = await account.setUp(shelf())
    expect(actsOf(second)).toEqual(['keep', 'keep', 'keep', 'keep', 'keep', 'keep', 'keep'])
    expect(second).toMatch(/Nothing to do\.$/)
    expect((await account.stripe.events.list({ limit: 1 })).data[0]!.id).toBe(before.data[0]!.id)
  })

  test('shows the signing secret once, and of an endpoint that is told all that we handle and no more', async () => {
    const account = await openAccount(database)
    const first = await account.setUp(shelf())
    expect(first.match(/STRIPE_WEBHOOK_SECRET=whsec_\w+/g)).toHaveLength(1)
    const [endpoint] = await account.endpoints()
    expect(endpoint).toMatchObject({ url: URL_OF_OURS, api_version: Stripe.API_VERSION })
    expect(endpoint!.enabled_events).toEqual(handledTypes)
    expect(await account.setUp(shelf(), { hasSecret: false })).not.toContain('whsec_')
    // Whoever lost it is told where it stands.
    expect(await account.setUp(shelf(), { hasSecret: false })).toContain('STRIPE_WEBHOOK_SECRET is empty: copy it')
  })

  test('a changed amount is a new price, the old one is archived, and the next checkout sells at the new one', async () => {
    const account = await openAccount(database)
    await account.setUp(shelf())
    const old = await account.priceOf('club-month')
    const dearer = shelf({ month: '35' })
    const text = await account.setUp(dearer)
    expect(changesOf(text)).toEqual([
      `create price club-month, ¥35.00 a month (takes its lookup key from ${old.id}, ¥33.00 a month)`,
      'update portal card, address, invoices, cancelling, switching between club-month, club-year',
      `archive price ${old.id}, ¥33.00 a month (replaced)`,
    ])
    expect(text).toContain('deploy or restart the site')
    expect((await account.stripe.prices.retrieve(old.id)).active).toBe(false)

    const fresh = await account.priceOf('club-month')
    const month = dearer.products[1]!.prices[0]!
    const site = { stripe: clientOf(account.sandbox), config: { baseUrl: SITE, locale: 'en' as const } }
    const order = {
      kind: 'catalog',
      price: month,
      quantity: 1,
      trial: false,
      locale: 'en',
      cancelPath: '/',
      requestId: 'r',
    } as const
    const { id } = await createCheckout(site, order)
    const session = await account.stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] })
    expect(session.amount_total).toBe(3500)
    expect(session.line_items!.data[0]!.price!.id).toBe(fresh.id)
  })

  test('words are brought up to date, what is no longer sold is archived, and comes back as it was', async () => {
    const account = await openAccount(database)
    await account.setUp(shelf())
    const gone = await account.priceOf('talk-1')
    await account.stripe.products.update('first-paid-user-talk', { active: false })
    expect(changesOf(await account.setUp(shelf({ sellsTalk: false, name: 'A long talk' })))).toEqual([
      'update product first-paid-user-talk, A long talk (name, active again)',
      `archive price ${gone.id}, ¥10.00 (not in the catalog)`,
    ])
    expect(await account.stripe.products.retrieve('first-paid-user-talk')).toMatchObject({
      name: 'A long talk',
      active: true,
    })
    expect((await account.stripe.prices.retrieve(gone.id)).active).toBe(false)
    expect(changesOf(await account.setUp(shelf({ name: 'A long talk' })))).toEqual([
      'update price talk-1, ¥10.00 (active again)',
    ])
    expect((await account.priceOf('talk-1')).id).toBe(gone.id)
  })

  test('what is not ours stays as it is: products, prices, endpoints, the default portal', async () => {
    const account = await openAccount(database)
    const { stripe } = account
    const product = await stripe.products.create({ name: 'A bicycle' })
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'cny',
      unit_amount: 900,
      lookup_key: 'talk-1',
    })
    const endpoint = await stripe.webhookEndpoints.create({ url: 'https://other.example/hook', enabled_events: ['*'] })
    const customer = await stripe.customers.create({ email: 'ann@example.com' })
    const { configuration } = await stripe.billingPortal.sessions.create({ customer: customer.id })
    const look = () =>
      Promise.all([
        stripe.products.retrieve(product.id),
        stripe.webhookEndpoints.retrieve(endpoint.id),
        stripe.billingPortal.configurations.retrieve(configuration as string),
      ])
    const before = await look()
    await account.setUp(shelf())
    await account.setUp(shelf({ month: '35', sellsTalk: false }))
    expect(await look()).toEqual(before)
    // Only its lookup key is ours by now, as the plan said.
    expect(await stripe.prices.retrieve(price.id)).toMatchObject({ active: true, unit_amount: 900 })
    expect(await stripe.prices.list({ product: product.id })).toMatchObject({ data: [{ id: price.id }] })
  })

  test('a checkout archives nothing of others, and takes back a price of ours that was archived', async () => {
    const { stripe, sandbox } = await openAccount(database)
    const product = await stripe.products.create({ name: 'A bicycle' })
    const lookup = { product: product.id, currency: 'cny', unit_amount: 1000, lookup_key: 'talk-1' }
    const foreign = await stripe.prices.create(lookup)
    const talk = shelf().products[0]!.prices[0]!
    const sold = await stripePriceId(clientOf(sandbox), talk, 'en')
    expect(sold).not.toBe(foreign.id)
    expect((await stripe.prices.retrieve(foreign.id)).active).toBe(true)
    await stripe.prices.update(sold, { active: false })
    expect(await stripePriceId(clientOf(sandbox), talk, 'en')).toBe(sold)
    expect((await stripe.prices.retrieve(sold)).active).toBe(true)
  })

  test('an endpoint that is told of other events is updated, and one of another version is made anew', async () => {
    const account = await openAccount(database)
    const { stripe } = account
    const made = await stripe.webhookEndpoints.create({
      url: URL_OF_OURS,
      enabled_events: [
        ...handledTypes.slice(1),
        'account.updated',
      ] as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
    })
    const text = await account.setUp(shelf())
    expect(text).toContain(`told of ${handledTypes[0]}; no longer of account.updated`)
    expect(text).not.toContain('whsec_')
    expect(await account.endpoints()).toMatchObject([{ id: made.id, enabled_events: handledTypes }])

    await stripe.webhookEndpoints.update(made.id, { disabled: true })
    expect(changesOf(await account.setUp(shelf()))).toEqual([`update webhook ${URL_OF_OURS} (enabled again)`])
    expect(await account.endpoints()).toMatchObject([{ id: made.id, status: 'enabled' }])

    await account.pool.query(
      `update sandbox.objects set data = jsonb_set(data::jsonb, '{api_version}', '"2024-06-20"') where id = $1`,
      [made.id],
    )
    const again = await account.setUp(shelf())
    expect(again).toMatch(/replace +webhook .*2024-06-20.*[\s\S]*STRIPE_WEBHOOK_SECRET=whsec_/)
    const after = await account.endpoints()
    expect(after).toMatchObject([{ url: URL_OF_OURS, api_version: Stripe.API_VERSION }])
    expect(after[0]!.id).not.toBe(made.id)
  })

  test('a portal that somebody changed is put right; a changed offer is noticed though Stripe does not tell it', async () => {
    const account = await openAccount(database)
    await account.setUp(shelf())
    const [portal] = (await account.stripe.billingPortal.configurations.list()).data
    expect(portal!.features).toMatchObject({
      subscription_cancel: { enabled: true, mode: 'at_period_end' },
      customer_update: { allowed_updates: ['address', 'tax_id'] },
      subscription_update: { enabled: true, default_allowed_updates: ['price'] },
    })
    expect(portal!.features.subscription_update).not.toHaveProperty('products')
    await account.stripe.billingPortal.configurations.update(portal!.id, {
      features: { subscription_cancel: { enabled: false } },
    })
    expect(changesOf(await account.setUp(shelf()))).toHaveLength(1)
    const [put] = (await account.stripe.billingPortal.configurations.list()).data
    expect(put).toMatchObject({ id: portal!.id, features: { subscription_cancel: { enabled: true } } })

    // A checkout was quicker with the new price: all that is left to do is to offer it.
    const dearer = shelf({ month: '35' })
    await stripePriceId(clientOf(account.sandbox), dearer.products[1]!.prices[0]!, 'en')
    expect(changesOf(await account.setUp(dearer))).toEqual([expect.stringMatching(/^update portal/)])
    expect(changesOf(await account.setUp(dearer))).toEqual([])
  })

  test('on this machine there is no endpoint to make, and it says why', async () => {
    const account = await openAccount(database)
    for (const baseUrl of ['http://localhost:3000', 'http://shop.example', 'https://localhost']) {
      const text = await account.setUp(shelf(), { baseUrl })
      expect(text).toContain(`skip     webhook  ${baseUrl}/webhooks/stripe (Stripe reaches https addresses only`)
    }
    expect(await account.endpoints()).toEqual([])
    expect(await account.setUp(shelf(), { baseUrl: 'http://localhost:3000' })).toMatch(/Nothing to do\.$/)
  })

  test('a dry run, a no, or nobody to ask changes nothing', async () => {
    const account = await openAccount(database)
    const before = await account.stripe.events.list()
    expect(await account.setUp(shelf(), { dryRun: true })).toMatch(/A dry run: nothing was changed\.$/)
    expect(await account.setUp(shelf(), { confirm: async () => false })).toMatch(/Nothing was changed\.$/)
    const nobody = account.setUp(shelf(), { confirm: () => Promise.reject(new Error('no terminal')) })
    expect((await problem(nobody)).message).toBe('no terminal')
    expect(await account.stripe.events.list()).toEqual(before)
    expect((await account.stripe.products.list()).data).toEqual([])
  })

  test('the sandbox of a developer is kept as the catalog: a price that changes is offered at the next start', async () => {
    const account = await openAccount(database)
    const { stripe } = account
    await keepAsCatalog(stripe, shelf(), 'en')
    const old = await account.priceOf('club-month')
    const before = await stripe.events.list()
    await keepAsCatalog(stripe, shelf(), 'en')
    expect(await stripe.events.list()).toEqual(before)
    expect(await account.endpoints()).toEqual([])

    const dearer = shelf({ month: '35' })
    await keepAsCatalog(stripe, dearer, 'en')
    expect(await account.priceOf('club-month')).toMatchObject({ unit_amount: 3500 })
    expect((await stripe.prices.retrieve(old.id)).active).toBe(false)
    expect((await stripe.billingPortal.configurations.list()).data).toMatchObject([
      { metadata: PORTAL_MARK, features: { subscription_update: { enabled: true } } },
    ])
    // As setup would have it: nothing is left to do.
    expect(changesOf(await account.setUp(dearer, { baseUrl: 'http://localhost' }))).toEqual([])
  })

  test('the whole catalog of the kit goes in, and a member switches the plan at the portal', async () => {
    const shop = await openShop(database)
    const wanted = { catalog: ours, locale: 'zh-CN', baseUrl: SITE, hasSecret: true } as const
    const printed: string[] = []
    const say = (text: string) => void printed.push(text)
    await setUpStripe({ stripe: shop.stripe, mode: 'sandbox', confirm: async () => true, say }, wanted)
    expect(printed.join('\n')).toContain('first-paid-user-member, 会员')

    const ann = shop.visitor('en')
    await ann.post('/sign-in/email', { email: 'ann@example.com' })
    await shop.quiet()
    const [mail] = await shop.mails()
    await ann.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
    const sent = await ann.post('/checkout/member-month', { request: crypto.randomUUID() })
    await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')))
    await shop.quiet()

    const portal = (await ann.post('/portal', {})).headers.get('location')!.replace('http://localhost:3000/sandbox', '')
    const page = await (await shop.sandbox.app.request(portal)).text()
    const { id, price_key } = await shop.db.selectFrom('subscriptions').selectAll().executeTakeFirstOrThrow()
    expect(price_key).toBe('member-month')
    const [price] = /price_\w+/.exec(page)!
    await shop.sandbox.app.request(`${portal}/switch`, {
      method: 'POST',
      body: new URLSearchParams({ subscription: id, price }),
      headers: { origin: 'http://localhost' },
    })
    await shop.quiet()
    const switched = await shop.db.selectFrom('subscriptions').selectAll().executeTakeFirstOrThrow()
    expect(switched).toMatchObject({ id, price_key: 'member-year', every: 'year' })
  })
})

test('an API under a path, as that of a running sandbox, is reached there', async () => {
  const asked: string[] = []
  const real = globalThis.fetch
  globalThis.fetch = async (input) => {
    asked.push(String(input))
    return Response.json({ object: 'balance', available: [], pending: [], livemode: false })
  }
  try {
    await createStripe('sk_test_local', { apiBase: 'http://localhost:3000/sandbox/' }).balance.retrieve()
  } finally {
    globalThis.fetch = real
  }
  expect(asked).toEqual(['http://localhost:3000/sandbox/v1/balance'])
})

async function openAccount(database: TestDatabase) {
  const local = await openLocalStripe(database)
  const { stripe } = local
  type Options = Partial<Pick<SetupOptions, 'dryRun' | 'confirm'>> & { baseUrl?: string; hasSecret?: boolean }
  return {
    ...local,
    /** What it printed. */
    async setUp(catalog: Catalog, { baseUrl = SITE, hasSecret = true, ...options }: Options = {}): Promise<string> {
      const printed: string[] = []
      const say = (text: string) => void printed.push(text)
      const wanted = { catalog, locale: 'en', baseUrl, hasSecret } as const
      await setUpStripe({ stripe, mode: 'sandbox', confirm: async () => true, say, ...options }, wanted)
      return printed.join('\n')
    },
    async priceOf(key: string): Promise<Stripe.Price> {
      const { data } = await stripe.prices.list({ lookup_keys: [key], active: true })
      expect(data).toHaveLength(1)
      return data[0]!
    },
    endpoints: async () => (await stripe.webhookEndpoints.list()).data,
  }
}

function shelf({ month = '33', sellsTalk = true, name = 'A talk' } = {}): Catalog {
  const words = (en: string) => ({ 'zh-CN': en, en })
  const text: CatalogText = {
    name: words('A shop'),
    tagline: words(''),
    story: words(''),
    currency: 'cny',
    tip: { presets: ['6.6'], least: '6', most: '100' },
    products: {
      talk: {
        name: words(name),
        description: words('An hour'),
        prices: sellsTalk ? { 'talk-1': { amount: '10' } } : {},
      },
      club: {
        name: words('The club'),
        description: words('Come in'),
        plan: 'club',
        prices: { 'club-month': { amount: month, every: 'month' }, 'club-year': { amount: '330', every: 'year' } },
      },
    },
  }
  return defineCatalog(text)
}

/** What the plan is about to do, a word a line. */
function actsOf(printed: string): string[] {
  return planLines(printed).map((line) => line.split(' ')[0]!)
}

function changesOf(printed: string): string[] {
  return planLines(printed).filter((line) => !/^(keep|skip)/.test(line))
}

function planLines(printed: string): string[] {
  const [plan = ''] = printed.split('What is left')
  return [...plan.matchAll(/^ {2}(\w.*)$/gm)].map(([, line]) => line!.replace(/ {2,}/g, ' '))
}
