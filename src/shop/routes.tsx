import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Limits } from '../auth/limits.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Feature } from '../feature.ts'
import { checkoutState } from '../payments/checkout-state.ts'
import { productsOnSale } from '../payments/offers.tsx'
import { isStripeDown } from '../payments/stripe.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { sameForAll } from '../ui/kept-pages.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { buyRoutes } from './buy-routes.tsx'
import { HomePage, ThanksPage } from './pages.tsx'

const ThanksQuery = z.object({ session_id: z.string().regex(/^cs_(test|live)_\w{10,200}$/) })

export interface ShopDeps extends SyncDeps {
  limits: Limits
  features: Feature[]
  config: SyncDeps['config'] & Pick<Config, 'stripe'>
}

/** `/`, `/checkout/:price`, `/portal` and `/thanks`. */
export function shopRoutes(deps: ShopDeps): Hono {
  return new Hono()
    .route('/', buyRoutes(deps))
    .get('/', (c) => {
      const { locale } = c.var
      const context = pageContext(c)
      sameForAll(c)
      return renderPage(
        c,
        <HomePage
          {...context}
          tagline={catalog.tagline[locale]}
          story={catalog.story[locale]}
          offers={deps.features.flatMap((feature) => feature.home?.(context) ?? [])}
          request={c.var.visit}
          products={productsOnSale(context)}
        />,
      )
    })
    .get(
      '/thanks',
      zValidator('query', ThanksQuery, (result, c) => (result.success ? undefined : c.notFound())),
      async (c) => {
        const state = await stateFor(c, deps, c.req.valid('query').session_id)
        if (!state) return c.notFound()
        const retryUrl = state.state === 'open' ? state.payUrl : '/'
        return renderPage(c, <ThanksPage {...pageContext(c)} {...state} retryUrl={retryUrl} />)
      },
    )
}

/** While Stripe is away the page waits and looks again: the payer has done their part. */
async function stateFor(c: Context, deps: ShopDeps, sessionId: string) {
  if (!deps.config.stripe.isUsed) return undefined
  try {
    return await checkoutState(deps, sessionId, () => deps.limits.count(c, 'thanks'))
  } catch (error) {
    if (isStripeDown(error)) return { state: 'processing' as const }
    throw error
  }
}
