import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { contextStorage } from 'hono/context-storage'
import { csrf } from 'hono/csrf'
import { createMiddleware } from 'hono/factory'
import { requestId } from 'hono/request-id'
import type pg from 'pg'
import type Stripe from 'stripe'
import { accountRoutes } from './account/routes.tsx'
import { api } from './api/routes.tsx'
import { ask } from './ask/routes.tsx'
import { readSession } from './auth/guards.ts'
import { createLimits } from './auth/limits.ts'
import { createSessions } from './auth/lucia.ts'
import { oauthProviders } from './auth/oauth.ts'
import { authRoutes } from './auth/routes.tsx'
import { badge } from './badge/routes.tsx'
import { type Config, ConfigError } from './config.ts'
import { credits } from './credits/routes.tsx'
import type { Db } from './db/connection.ts'
import type { PaymentCode } from './define-catalog.ts'
import { disputes } from './disputes/routes.tsx'
import type { Feature } from './feature.ts'
import { health } from './health/routes.tsx'
import type { Jobs } from './jobs/queue.ts'
import { legal } from './legal/routes.tsx'
import { offline } from './offline/routes.tsx'
import { accessLog } from './operations/access-log.ts'
import { createMetrics, metricsRoutes } from './operations/metrics.ts'
import { claimPurchases } from './payments/claims.ts'
import { webhookRoutes } from './payments/webhook.ts'
import { people } from './people/routes.tsx'
import { healthRoutes } from './probes.ts'
import { answerError, answerNotFound } from './problems.tsx'
import { refunds } from './refunds/routes.tsx'
import { requests } from './requests/routes.tsx'
import { revenueRoutes, revenueTabs } from './revenue/routes.tsx'
import { cacheHeaders, securityHeaders } from './security-headers.ts'
import { shopRoutes } from './shop/routes.tsx'
import { tips } from './tips/routes.tsx'
import { keepPages } from './ui/kept-pages.ts'
import { readLocale } from './ui/locale.ts'
import { knowsSite } from './ui/preview.tsx'
import { staticFiles } from './ui/static.ts'
import { wall } from './wall/routes.tsx'

export interface AppDeps {
  config: Config
  db: Db
  pool: pg.Pool
  stripe: Stripe
  jobs: Jobs
  /** Instead of the catalog's. */
  paymentCodes?: PaymentCode[] | undefined
}

/** The web application, whichever Stripe, database and mail are behind it. This is the site map. */
export function createApp(deps: AppDeps): Hono {
  const { config, db } = deps
  const secure = config.baseUrl.startsWith('https:')
  const sessions = createSessions(db, { secure })
  const limits = createLimits(deps.pool, config)
  const providers = oauthProviders(config)
  // Each may go: delete its line and its folder.
  const features: Feature[] = []
  const auth = {
    ...deps,
    sessions,
    limits,
    ways: providers.map(({ name }) => ({ name, href: `/sign-in/${name}` })),
    async claim(user: { id: string; email: string }) {
      await claimPurchases(db, user)
      for (const feature of features) await feature.claim?.(user)
    },
  }
  features.push(
    people({ ...deps, features }),
    tips({ ...deps, limits, features }),
    ask({ ...deps, limits, features }),
    requests({ ...deps, limits, features }),
    offline({ ...deps, limits, features }),
    refunds({ ...deps, limits }),
    disputes({ ...deps, features }),
    badge(deps),
    credits(deps),
    health(deps),
    legal(deps),
    wall(deps),
  )
  features.push(api({ ...deps, limits, features }))
  if (!config.stripe.isUsed && !features.some(({ direct }) => direct)) throw new ConfigError(NO_WAY_TO_PAY)
  const metrics = createMetrics(db)
  const app = new Hono()
  app.onError(answerError)
  app.notFound(answerNotFound)

  app.use(requestId(), contextStorage(), accessLog(metrics))
  app.use(securityHeaders(secure, providers), cacheHeaders)
  app.use(compress())
  app.route('/', healthRoutes(db))
  app.route('/metrics', metricsRoutes(metrics, config))
  app.route('/static', staticFiles())
  for (const { shared } of features) if (shared) app.route('/', shared)
  // Before csrf: Stripe signs what it posts.
  app.route('/webhooks/stripe', webhookRoutes({ ...deps, webhookSecrets: config.stripe.webhookSecrets }))

  app.use(readLocale(config.locale, secure))
  for (const { programs } of features) if (programs) app.route('/', programs)
  app.use(knowsSite({ url: config.baseUrl, withoutStripe: !config.stripe.isUsed }))
  app.use(keepPages())
  app.use(csrf({ origin: new URL(config.baseUrl).origin }))
  app.use(bodyLimit({ maxSize: 64 * 1024, onError: (c) => c.text('Body too large', 413) }))
  app.use(readSession(db, sessions, config))

  app.use(siteLinks(features))
  app.use('/dashboard/*', ownerTabs(features))
  app.route('/', shopRoutes({ ...deps, limits, features }))
  app.route('/', authRoutes(auth))
  app.route('/account', accountRoutes({ ...auth, features }))
  app.route('/dashboard', revenueRoutes({ db, config, features }))
  for (const { routes } of features) app.route('/', routes)
  return app
}

const NO_WAY_TO_PAY =
  'STRIPE_SECRET_KEY is none, and there is no other way to pay: name your payment codes in src/catalog.ts, see docs/offline.md.'

function siteLinks(features: Feature[]): MiddlewareHandler {
  const links = features.flatMap(({ header }) => header ?? [])
  const footerLinks = features.flatMap(({ footer }) => footer ?? [])
  return createMiddleware(async (c, next) => {
    c.set('links', links)
    c.set('footerLinks', footerLinks)
    await next()
  })
}

function ownerTabs(features: Feature[]): MiddlewareHandler {
  const tabs = [...revenueTabs, ...features.flatMap(({ dashboard }) => dashboard ?? [])]
  return createMiddleware(async (c, next) => {
    c.set('tabs', tabs)
    await next()
  })
}
