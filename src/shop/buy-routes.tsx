import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { readBody } from '../auth/form.ts'
import { requireUser } from '../auth/guards.ts'
import type { Limits } from '../auth/limits.ts'
import { priceOfKey } from '../catalog.ts'
import { directOf } from '../feature.ts'
import { createCheckout } from '../payments/checkout.ts'
import { hasSubscribed, liveSubscriptions, payerOf, portalUrl } from '../payments/customers.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { NotSoldPage, SubscribedPage } from './pages.tsx'

export type BuyDeps = SyncDeps & Parameters<typeof directOf>[0] & { limits: Limits }

const BuyForm = z.object({
  request: z.string().regex(/^[\w-]{8,64}$/),
  quantity: z.coerce.number().int().positive().default(1),
})

const PortalForm = z.object({
  subscription: z
    .string()
    .regex(/^sub_\w+$/)
    .optional()
    .catch(undefined),
})

/** `POST /checkout/:price` and `POST /portal`. A client names a price and how many; everything else the catalog says. */
export function buyRoutes(deps: BuyDeps): Hono {
  return new Hono()
    .post('/checkout/:price', async (c) => {
      const price = priceOfKey(c.req.param('price'))
      if (!price) return renderPage(c, <NotSoldPage {...pageContext(c)} />, 404)
      const form = BuyForm.safeParse(await readBody(c))
      if (!form.success || form.data.quantity > price.most) throw new HTTPException(400)
      const direct = directOf(deps)
      if (direct) return price.kind === 'subscription' ? c.notFound() : c.redirect(direct.price(price), 303)
      await deps.limits.count(c, 'checkout')
      const { user } = c.var
      // A second one to the same plan would be paid twice.
      const live = price.kind === 'subscription' && user ? await liveSubscriptions(deps.db, user.userId) : []
      if (live.some(({ plan }) => plan === price.product.plan)) {
        return renderPage(c, <SubscribedPage {...pageContext(c)} product={price.product.name[c.var.locale]} />, 409)
      }
      // A trial is for each person once, so it needs somebody to remember.
      if (price.trialDays && !user) return c.redirect(`/sign-in?return=${encodeURIComponent('/')}`, 303)
      const { url } = await createCheckout(deps, {
        kind: 'catalog',
        price,
        quantity: form.data.quantity,
        trial: user !== undefined && !(await hasSubscribed(deps.db, { id: user.userId, email: user.email })),
        locale: c.var.locale,
        cancelPath: `/#${price.product.key}`,
        requestId: form.data.request,
        ...(await payerOf(deps.db, user)),
      })
      return c.redirect(url, 303)
    })
    .post('/portal', requireUser, async (c) => {
      const { subscription } = PortalForm.parse(await readBody(c))
      const url = await portalUrl(deps, { userId: c.var.user!.userId, subscriptionId: subscription }, c.var.locale)
      return url ? c.redirect(url, 303) : c.redirect('/account', 303)
    })
}
