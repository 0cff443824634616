import { Hono } from 'hono'
import { requireFresh, requireOwner } from '../auth/guards.ts'
import type { Config } from '../config.ts'
import type { Feature } from '../feature.ts'
import { formatMoney } from '../money.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { formatDate } from '../ui/i18n.ts'
import { confirmRoutes } from './confirm-routes.tsx'
import { disputeRoutes } from './dispute-routes.tsx'
import { PaymentDisputes } from './pages.tsx'
import { disputesOfPayment, openDisputes, ownDisputes } from './read.ts'
import { words } from './words.ts'

export interface DisputeDeps extends SyncDeps {
  config: Config
  /** They know what somebody did here. */
  features: Feature[]
}

/** `/dashboard/disputes`: what customers dispute at their banks, and the owner's answer. */
export function disputes(deps: DisputeDeps): Feature {
  const { db, config } = deps
  const href = '/dashboard/disputes'
  return {
    routes: new Hono()
      .use(`${href}/*`, requireOwner)
      // Both can't be undone; a draft may take longer than a sign-in is fresh.
      .use(`${href}/:id/hand-in`, requireFresh)
      .use(`${href}/:id/accept`, requireFresh)
      .route(href, disputeRoutes(deps))
      .route(`${href}/:id{\\w+}`, confirmRoutes(deps)),
    ...(config.stripe.isUsed && {
      dashboard: {
        href,
        title: { 'zh-CN': words['zh-CN'].title, en: words.en.title },
        async todos(locale) {
          const t = words[locale]
          const open = await openDisputes(db)
          return open.map(({ id, amount, currency, due_by }) => ({
            text: t.todo(formatMoney({ amount, currency }, locale)),
            href: `${href}/${id}`,
            ...(due_by && { note: t.dueBy(formatDate(due_by, locale, config.timeZone, 'dateTime')) }),
          }))
        },
      },
    }),
    async payment(c, paymentId) {
      const disputes = await disputesOfPayment(db, paymentId)
      return disputes.length > 0 ? <PaymentDisputes locale={c.var.locale} disputes={disputes} /> : undefined
    },
    ownData: async ({ userId }) => ({ disputes: await ownDisputes(db, userId) }),
  }
}
