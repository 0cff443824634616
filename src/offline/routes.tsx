import { Hono } from 'hono'
import type { Feature } from '../feature.ts'
import { decimal } from '../money.ts'
import { type OfflineDeps, ownEntries } from './entries.ts'
import { ownerRoutes } from './owner-routes.tsx'
import { words } from './words.ts'

/** Money that came without Stripe: the owner enters it, and it counts as any other. Erasing is done with all payments. */
export function offline(deps: OfflineDeps): Feature {
  const href = '/dashboard/offline'
  return {
    routes: new Hono().route(href, ownerRoutes(deps)),
    dashboard: { href, title: { 'zh-CN': words['zh-CN'].title, en: words.en.title } },
    async ownData({ userId, email, emailVerified }) {
      const entries = await ownEntries(deps.db, { id: userId, email: emailVerified ? email : '' })
      return {
        offlinePayments: entries.map(({ amount, currency, ...entry }) => ({
          ...entry,
          amount: decimal({ amount, currency }),
          currency: currency.toUpperCase(),
        })),
      }
    },
  }
}
