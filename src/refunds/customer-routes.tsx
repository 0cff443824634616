import { type Context, Hono } from 'hono'
import { claimRefund, finishRefund } from '../payments/refund-claims.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { TakeBackPage } from './customer-page.tsx'
import { ownPayment } from './read.ts'
import type { RefundDeps } from './routes.tsx'

/** `/account/refund/:id`: a customer takes back what the catalog's `refunds` allows. */
export function customerRoutes(deps: RefundDeps): Hono {
  return new Hono()
    .get('/', (c) => show(c, deps, 200))
    .post('/', async (c) => {
      const { userId } = c.var.user!
      const paymentId = c.req.param('id')!
      if (!(await ownPayment(deps.db, userId, paymentId))) return c.notFound()
      await deps.limits.count(c, 'refund', userId)
      await claimRefund(deps.db, userId, paymentId)
      // Also for one that was claimed before: a second click, or the first after Stripe was away.
      const outcome = await finishRefund(deps, paymentId)
      if (outcome === 'done') return c.redirect('/account', 303)
      if (outcome === 'unclaimed') return showUnclaimed(c, deps)
      const isOpen = outcome.why === 'down' || outcome.why === 'busy'
      return isOpen ? show(c, deps, 200) : show(c, deps, 409, { isRefused: true })
    })
}

/** A click on what was given back already is as good as the first; the rest can't be taken back. */
async function showUnclaimed(c: Context, deps: RefundDeps) {
  const payment = await ownPayment(deps.db, c.var.user!.userId, c.req.param('id')!)
  return payment?.standing === 'back' ? c.redirect('/account', 303) : show(c, deps, 409)
}

async function show(c: Context, { db, config }: RefundDeps, status: 200 | 409, more: { isRefused?: boolean } = {}) {
  const payment = await ownPayment(db, c.var.user!.userId, c.req.param('id')!)
  if (!payment) return c.notFound()
  const page = <TakeBackPage {...pageContext(c)} payment={payment} ownerEmail={config.ownerEmail} {...more} />
  return renderPage(c, page, status)
}
