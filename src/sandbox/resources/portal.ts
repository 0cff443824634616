import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import { boolean, mergeMetadata, page, params, text, url } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { fieldIs } from './filters.ts'
import { type ConfigurationInput, CreateParams, features, shape } from './portal-params.ts'
import type { Price } from './prices.ts'

type Configuration = Stripe.BillingPortal.Configuration
type Features = Configuration['features']

const CONFIGURATION = 'billing_portal.configuration'
const PATH = '/v1/billing_portal/configurations'
export const portal: Route[] = [
  post('/billing_portal/configurations', CreateParams, async (tx, given) => {
    await checkProducts(tx, given)
    return shown(await createConfiguration(tx, given))
  }),
  get(
    '/billing_portal/configurations',
    params({ ...page, active: boolean.optional(), is_default: boolean.optional() }),
    async (tx, given) => {
      const filters = [fieldIs('active', given.active), fieldIs('is_default', given.is_default)]
      const list = await tx.list<Configuration>(CONFIGURATION, PATH, given, filters)
      return { ...list, data: list.data.map(shown) }
    },
  ),
  get('/billing_portal/configurations/:id', params({}), async (tx, _, id) =>
    shown(await tx.get<Configuration>(CONFIGURATION, id, 'configuration')),
  ),
  post(
    '/billing_portal/configurations/:id',
    params({ ...shape, active: boolean.optional(), features: features.optional() }),
    async (tx, given, id) => {
      await checkProducts(tx, given)
      const { data: before } = await tx.lock<Configuration>(CONFIGURATION, id, 'configuration')
      const after = { ...configured(before, given), updated: tx.seconds }
      tx.emit('billing_portal.configuration.updated', shown(after), changed(shown(before), shown(after)))
      return shown(await tx.save(after))
    },
  ),
  post(
    '/billing_portal/sessions',
    params(
      { configuration: text().optional(), customer: text(), locale: text().optional(), return_url: url.optional() },
      ['after_expiration', 'customer_account', 'flow_data', 'on_behalf_of'],
    ),
    createPortalSession,
  ),
]

/** Stripe takes the products to switch between, and does not tell them again. */
function shown(configuration: Configuration): Configuration {
  const { products: _, ...update } = configuration.features.subscription_update
  return { ...configuration, features: { ...configuration.features, subscription_update: update } }
}

async function checkProducts(tx: Tx, { features }: ConfigurationInput): Promise<void> {
  for (const { product, prices } of features?.subscription_update?.products ?? []) {
    await tx.named('product', product, 'features[subscription_update][products][0][product]')
    for (const id of prices) {
      const param = 'features[subscription_update][products][0][prices]'
      const price = await tx.named<Price>('price', id, param)
      if (price.product !== product || !price.recurring) {
        throw invalid(`The price ${id} must be a recurring price of the product ${product}.`, { param })
      }
    }
  }
}

async function createConfiguration(tx: Tx, given: ConfigurationInput, is_default = false): Promise<Configuration> {
  const configuration = configured(
    { ...EMPTY, id: newId('bpc_1'), created: tx.seconds, is_default, updated: tx.seconds },
    given,
  )
  tx.emit('billing_portal.configuration.created', shown(configuration))
  return tx.insert(configuration)
}

const EMPTY = {
  object: CONFIGURATION as 'billing_portal.configuration',
  active: true,
  application: null,
  business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
  default_return_url: null,
  features: {
    customer_update: { allowed_updates: [], enabled: false },
    invoice_history: { enabled: false },
    payment_method_update: { enabled: false, payment_method_configuration: null },
    subscription_cancel: {
      cancellation_reason: {
        enabled: false,
        feedback_options: null,
        options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
      },
      enabled: false,
      mode: 'at_period_end',
      proration_behavior: 'none',
    },
    subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: [],
      enabled: false,
      products: null,
      proration_behavior: 'none',
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: 'end_trial',
    },
  } as unknown as Features,
  livemode: false,
  login_page: { enabled: false, url: null },
  metadata: {},
  name: null,
}

/** Each feature keeps what is not given anew. */
function configured(before: Configuration, given: ConfigurationInput): Configuration {
  const { features = {}, metadata, business_profile, login_page: _, ...known } = given
  const merged = Object.fromEntries(
    Object.entries(before.features).map(([name, value]) => [
      name,
      { ...value, ...features[name as keyof typeof features] },
    ]),
  )
  const { cancellation_reason: reason } = before.features.subscription_cancel
  Object.assign(merged.subscription_cancel!, {
    cancellation_reason: { ...reason, ...features.subscription_cancel?.cancellation_reason },
  })
  for (const product of features.subscription_update?.products ?? []) {
    Object.assign(product, { adjustable_quantity: { enabled: false, maximum: null, minimum: 1 } })
  }
  return {
    ...before,
    ...known,
    business_profile: { ...before.business_profile, ...business_profile },
    features: merged as unknown as Features,
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  }
}

/** An account that never set its portal up has Stripe's own: all but switching plans. */
async function defaultConfiguration(tx: Tx): Promise<Configuration> {
  const { data } = await tx.list<Configuration>(CONFIGURATION, '', { limit: 1 }, [fieldIs('is_default', true)])
  if (data[0]) return data[0]
  const enabled = { enabled: true }
  const features = { invoice_history: enabled, payment_method_update: enabled, subscription_cancel: enabled }
  return createConfiguration(tx, { features }, true)
}

async function createPortalSession(
  tx: Tx,
  given: { configuration?: string; customer: string; locale?: string; return_url?: string },
): Promise<Stripe.BillingPortal.Session> {
  await tx.named('customer', given.customer, 'customer')
  const configuration = given.configuration
    ? await tx.named<Configuration>(CONFIGURATION, given.configuration, 'configuration')
    : await defaultConfiguration(tx)
  const id = newId('bps_1')
  const session = {
    id,
    object: 'billing_portal.session',
    after_expiration: null,
    configuration: configuration.id,
    created: tx.seconds,
    customer: given.customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: given.locale ?? null,
    on_behalf_of: null,
    return_url: given.return_url ?? configuration.default_return_url,
    url: `${tx.config.baseUrl}/sandbox/portal/${id}`,
  } satisfies Stripe.BillingPortal.Session
  tx.emit('billing_portal.session.created', session)
  return tx.insert(session)
}
