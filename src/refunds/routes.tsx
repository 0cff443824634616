import { Hono } from 'hono'
import { requireOwner, requireUser } from '../auth/guards.ts'
import type { Limits } from '../auth/limits.ts'
import type { Config } from '../config.ts'
import type { Feature } from '../feature.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { customerRoutes } from './customer-routes.tsx'
import { ownerRoutes } from './owner-routes.tsx'
import { ownRefunds, refundLinks, whatIsLeft } from './read.ts'
import { words } from './words.ts'

export interface RefundDeps extends SyncDeps {
  config: Config
  limits: Limits
}

/** Money given back: by the owner from the page of a payment, and where the catalog allows it by the customer from `/account`. */
export function refunds(deps: RefundDeps): Feature {
  const { db } = deps
  const ownerPath = '/dashboard/payments/:id{pi_\\w+}/refund'
  const customerPath = '/account/refund/:id{pi_\\w+}'
  return {
    routes: new Hono()
      .use(ownerPath, requireOwner)
      .route(ownerPath, ownerRoutes(deps))
      .use(customerPath, requireUser)
      .route(customerPath, customerRoutes(deps)),
    purchases: (c) => refundLinks(db, c.var.user!.userId, c.var.locale),
    async payment(c, paymentId) {
      const left = await whatIsLeft(db, paymentId)
      if (!left || left.amount === 0) return undefined
      return (
        <a class="button quiet" href={`/dashboard/payments/${paymentId}/refund`}>
          {words[c.var.locale].owner.link}
        </a>
      )
    },
    ownData: async ({ userId }) => ({ refunds: await ownRefunds(db, userId) }),
  }
}
