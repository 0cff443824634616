import { Hono } from 'hono'
import { catalog } from '../catalog.ts'
import type { PaymentCode } from '../define-catalog.ts'
import type { Direct, Feature } from '../feature.ts'
import { decimal, type Money } from '../money.ts'
import { tipKey } from './choices.ts'
import { DirectButton, DirectTip } from './claim-pages.tsx'
import { type ClaimDeps, claimRoutes } from './claim-routes.tsx'
import { words as claimWords } from './claim-words.ts'
import { countOpenClaims, forgetClaims, ownClaims } from './claims.ts'
import { keptEntry, ownEntries } from './entries.ts'
import { ownerRoutes } from './owner-routes.tsx'
import { TakeBack } from './pages.tsx'
import { words } from './words.ts'

/**
 * Money that came without Stripe: the owner enters it, or confirms what a customer says to have paid by one of the payment
 * codes, and it counts as any other. Erasing entries is done with all payments.
 */
export function offline(deps: ClaimDeps & { paymentCodes?: PaymentCode[] | undefined }): Feature {
  const { db, paymentCodes: codes = catalog.paymentCodes } = deps
  const href = '/dashboard/offline'
  return {
    routes: new Hono().route(href, ownerRoutes(deps)).route('/offline', claimRoutes(deps, codes)),
    ...(codes.length > 0 && { direct }),
    ...(codes.length > 0 &&
      deps.config.stripe.isUsed && {
        home: (context) => <DirectButton {...context} codes={codes} />,
        tip: (context) => <DirectTip {...context} codes={codes} />,
      }),
    dashboard: {
      href,
      title: { 'zh-CN': words['zh-CN'].title, en: words.en.title },
      async todos(locale) {
        const count = await countOpenClaims(db)
        return count > 0 ? [{ text: claimWords[locale].todo(count), href }] : []
      },
    },
    async payment(c, paymentId) {
      const entry = await keptEntry(db, paymentId)
      return entry && <TakeBack locale={c.var.locale} entry={entry} />
    },
    async ownData({ userId, email, emailVerified }) {
      const payer = { id: userId, email: emailVerified ? email : '' }
      return {
        offlinePayments: (await ownEntries(db, payer)).map(inDecimals),
        offlineClaims: (await ownClaims(db, payer)).map(inDecimals),
      }
    },
    forget: forgetClaims,
  }
}

const direct: Direct = {
  price: ({ key }) => `/offline/${key}`,
  tip: ({ money, name, message, onWall }) => {
    const typed = new URLSearchParams({
      ...(name && { name }),
      ...(message && { message }),
      ...(onWall && { wall: 'yes' }),
    })
    return `/offline/${tipKey(money.amount)}?${typed}`
  },
  payable: (key) => `/offline/${key}`,
}

function inDecimals<T extends Money>({ amount, currency, ...row }: T) {
  return { ...row, amount: decimal({ amount, currency }), currency: currency.toUpperCase() }
}
