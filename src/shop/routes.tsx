import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { z } from 'zod'
import { catalog } from '../catalog.ts'
import { checkoutState } from '../payments/checkout-state.ts'
import { isStripeDown } from '../payments/stripe.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { HomePage, ThanksPage } from './pages.tsx'

const ThanksQuery = z.object({ session_id: z.string().regex(/^cs_(test|live)_\w{10,200}$/) })

/** `/` and `/thanks`. */
export function shopRoutes(deps: SyncDeps): Hono {
  return new Hono()
    .get('/', (c) => {
      const { locale } = c.var
      return renderPage(
        c,
        <HomePage
          {...pageContext(c)}
          tagline={catalog.tagline[locale]}
          story={catalog.story[locale]}
          tip={catalog.tip.presets[0]!}
        />,
      )
    })
    .get(
      '/thanks',
      zValidator('query', ThanksQuery, (result, c) => (result.success ? undefined : c.notFound())),
      async (c) => {
        const state = await stateFor(deps, c.req.valid('query').session_id)
        return state ? renderPage(c, <ThanksPage {...pageContext(c)} {...state} retryUrl="/tip" />) : c.notFound()
      },
    )
}

/** While Stripe is away the page waits and looks again: the payer has done their part. */
async function stateFor(deps: SyncDeps, sessionId: string) {
  try {
    return await checkoutState(deps, sessionId)
  } catch (error) {
    if (isStripeDown(error)) return { state: 'processing' as const }
    throw error
  }
}
