import Stripe from 'stripe'
import { findAll } from '../payments/setup/found.ts'
import { planOf, type Step } from '../payments/setup/plan.ts'
import { stepText } from '../payments/setup/plan-text.ts'
import { type Check, findings, onceEach, type Patient } from './check.ts'
import { stripeWords } from './stripe-words.ts'

const { ok, warning, failed, skipped } = findings(stripeWords)

export const stripeChecks: Check[] = [
  { name: 'stripe key', run: key },
  { name: 'stripe', needs: ['stripe key'], isSlow: true, run: answers },
  { name: 'stripe charges', needs: ['stripe'], isSlow: true, run: charges },
  { name: 'stripe version', needs: ['stripe'], isSlow: true, run: version },
  { name: 'stripe prices', needs: ['stripe'], isSlow: true, run: prices },
  { name: 'stripe portal', needs: ['stripe'], isSlow: true, run: portal },
  { name: 'stripe webhook', needs: ['stripe', 'site'], isSlow: true, run: webhook },
  { name: 'stripe delivery', needs: ['stripe key', 'database', 'database migrations'], run: delivery },
]

function key({ config, missing }: Patient) {
  if (missing.has('STRIPE_SECRET_KEY')) return skipped((t) => t.notSet)
  if (!config.stripe.isUsed) return skipped((t) => t.unused)
  const { apiBase } = config.stripe
  if (apiBase && config.isProduction) {
    return warning(
      (t) => t.otherBase(apiBase),
      (t) => t.otherBaseMend,
    )
  }
  const { mode } = config.stripe
  if (mode === 'live') return ok((t) => t.mode.live)
  return warning(
    (t) => t.mode[mode],
    (t) => t.modeMend,
  )
}

const account = onceEach(async ({ stripe }) => {
  try {
    return await stripe!.accounts.retrieveCurrent(undefined, { timeout: 8_000, maxNetworkRetries: 0 })
  } catch (error) {
    // A restricted key that may do its work, but not read this.
    if (error instanceof Stripe.errors.StripePermissionError) return undefined
    throw error
  }
})

async function answers(patient: Patient) {
  if (!patient.stripe) return skipped((t) => t.sandboxAway)
  try {
    const found = await account(patient)
    return ok((t) => t.answers(found?.id ?? ''))
  } catch (error) {
    const said = (error as Error).message
    return failed(
      (t) => t.refuses(said),
      (t) => (error instanceof Stripe.errors.StripeAuthenticationError ? t.keyMend : t.awayMend),
    )
  }
}

async function charges(patient: Patient) {
  const found = await account(patient)
  if (!found) {
    return warning(
      (t) => t.restricted,
      (t) => t.restrictedMend,
    )
  }
  const { charges_enabled, payouts_enabled } = found
  if (charges_enabled && payouts_enabled) return ok((t) => t.charges)
  return (charges_enabled ? warning : failed)(
    (t) => (charges_enabled ? t.noPayouts : t.noCharges),
    (t) => t.accountMend,
  )
}

async function version(patient: Patient) {
  const answered = (await account(patient))?.lastResponse.apiVersion
  if (!answered || answered === Stripe.API_VERSION) return ok((t) => t.version(Stripe.API_VERSION))
  return failed(
    (t) => t.otherVersion(answered, Stripe.API_VERSION),
    (t) => t.versionMend,
  )
}

/** What `npm run stripe:setup` would do. */
const plan = onceEach(async ({ stripe, catalog, config }) => {
  const { baseUrl, locale, stripe: given } = config
  // The sandbox's own endpoint has a secret that is not in the environment.
  const hasSecret = given.webhookSecrets.length > 0 || !given.secretKey
  return planOf(await findAll(stripe!, catalog), { catalog, locale, baseUrl, hasSecret })
})

async function prices(patient: Patient) {
  const steps = await plan(patient)
  const different = steps.filter(({ act, what }) => act !== 'keep' && /^(product|price|old price)$/.test(what))
  if (different.length === 0) return ok((t) => t.prices)
  const mode = patient.config.stripe.mode
  if (mode === 'sandbox') return ok((t) => t.pricesLater)
  return (mode === 'test' ? warning : failed)(
    (t) => t.pricesDiffer(different.map((step) => lineOf(step, patient)).join('; ')),
    (t) => t.setupMend,
  )
}

async function portal(patient: Patient) {
  const step = (await plan(patient)).find(({ what }) => what === 'portal')
  if (step?.act === 'keep') return ok((t) => t.portal)
  if (patient.config.stripe.mode === 'sandbox') return ok((t) => t.portalLater)
  return warning(
    (t) => t.portalDiffers,
    (t) => t.setupMend,
  )
}

async function webhook(patient: Patient) {
  const { config } = patient
  const [step, ...twins] = (await plan(patient)).filter(({ what }) => what === 'webhook')
  const hasSecret = config.stripe.webhookSecrets.length > 0
  if (!step || step.act === 'skip') {
    return warning(
      (t) => t.notReachable(config.baseUrl),
      (t) => t.notReachableMend,
    )
  }
  if (!hasSecret) {
    return warning(
      (t) => (step.act === 'create' ? t.polled : t.noSecret),
      (t) => (step.act === 'create' ? t.setupMend : t.secretMend),
    )
  }
  if (step.act !== 'keep') {
    return failed(
      (t) => (step.act === 'create' ? t.noEndpoint(`${config.baseUrl}/webhooks/stripe`) : t.endpoint(step.why ?? '')),
      (t) => t.setupMend,
    )
  }
  if (twins.length === 0) return ok((t) => t.webhook)
  return warning(
    (t) => t.twins,
    (t) => t.twinsMend,
  )
}

/** What the inbox says: whether webhooks come, and whether something waits in it. */
async function delivery({ db, config }: Patient) {
  const row = await db!
    .selectFrom('inbox')
    .select(({ fn, eb }) => [
      fn.max('received_at').filterWhere('via', '=', 'webhook').as('webhook'),
      fn.max('received_at').filterWhere('via', '=', 'poll').as('poll'),
      fn
        .countAll<number>()
        .filterWhere(eb.and([eb('applied_at', 'is', null), eb('failures', '>', 0)]))
        .as('stuck'),
    ])
    .executeTakeFirstOrThrow()
  const last = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (row.stuck > 0) {
    return failed(
      (t) => t.stuck(row.stuck),
      (t) => t.stuckMend,
    )
  }
  if (config.stripe.webhookSecrets.length === 0) {
    return ok((t) => (row.poll ? t.lastPolled(last(row.poll)) : t.polledNone))
  }
  if (!row.webhook) {
    return warning(
      (t) => (row.poll ? t.onlyPolled : t.none),
      (t) => t.noneMend,
    )
  }
  const { webhook: came, poll: asked } = row
  if (asked && asked > came) {
    return warning(
      (t) => t.lost(last(asked), last(came)),
      (t) => t.noneMend,
    )
  }
  return ok((t) => t.lastWebhook(last(came)))
}

const lineOf = (step: Step, { config }: Patient) => stepText(step, config.locale).trim().replaceAll(/ +/g, ' ')
