import { Hono } from 'hono'
import { requireOwner } from '../auth/guards.ts'
import { ownerNeedsPasskey } from '../auth/passkeys.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature, Todo } from '../feature.ts'
import type { Locale } from '../locales.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { agreementOf } from './agreement.tsx'
import { currenciesOf, firstPayment, monthTotals } from './books.ts'
import { chosenCurrency } from './chosen-currency.ts'
import type { Totals } from './days.ts'
import { liveRoutes } from './live.ts'
import { readMilestones } from './milestones.ts'
import { movementRoutes } from './movement-routes.tsx'
import { DashboardPage } from './pages.tsx'
import { readPayment } from './payment.ts'
import { listPayments } from './payment-list.ts'
import { paymentListRoutes } from './payment-list-routes.tsx'
import { words as listWords } from './payment-list-words.ts'
import { PaymentPage } from './payment-page.tsx'
import { chosenRange, grossOver, type Range } from './range.ts'
import { SubscribersPage } from './subscriber-pages.tsx'
import { readSubscribers, summaries } from './subscriber-reading.ts'
import { subscribedCurrencies } from './subscribers.ts'
import { words } from './words.ts'

const LATEST = 20

/** The dashboard's own tabs, before those of the features. */
export const revenueTabs = [
  { href: '/dashboard', title: { 'zh-CN': words['zh-CN'].overview, en: words.en.overview } },
  { href: '/dashboard/payments', title: { 'zh-CN': listWords['zh-CN'].title, en: listWords.en.title } },
]

/** `/dashboard`: for the owner alone. */
export function revenueRoutes({ db, config, features }: { db: Db; config: Config; features: Feature[] }): Hono {
  return new Hono()
    .use(requireOwner)
    .get('/', async (c) => {
      const { locale } = c.var
      const currencies = await currenciesOf(db)
      const currency = chosenCurrency(c, currencies)
      const range = chosenRange(c)
      const books = await readBooks(db, { currency, timeZone: config.timeZone, range })
      const asked = await Promise.all(features.map((feature) => feature.dashboard?.todos?.(locale) ?? []))
      const todos = [...asked.flat(), ...(await offers(db, c.var.user!.userId, locale))]
      return renderPage(
        c,
        <DashboardPage
          {...pageContext(c)}
          {...books}
          now={new Date()}
          timeZone={config.timeZone}
          currencies={currencies}
          currency={currency}
          range={range}
          agreement={await agreementOf(db, currency)}
          subscribing={await summaries(db, config.timeZone)}
          todos={todos}
          siteUrl={config.baseUrl}
          csvUrl="/dashboard/payments.csv"
        />,
      )
    })
    .get('/subscribers', async (c) => {
      const currencies = await subscribedCurrencies(db)
      const currency = chosenCurrency(c, currencies)
      const figures = await readSubscribers(db, currency, config.timeZone)
      return renderPage(c, <SubscribersPage {...pageContext(c)} {...figures} {...{ currencies, currency }} />)
    })
    .route('/movements', movementRoutes({ db, config }))
    .route('/live', liveRoutes(db))
    .get('/payments/:id{((pi|cs)_\\w+|offline-\\d{1,15})}', async (c) => {
      const payment = await readPayment(db, c.req.param('id'))
      if (!payment) return c.notFound()
      const parts = await Promise.all(features.map((feature) => feature.payment?.(c, payment.id)))
      const shown = parts.filter((part) => part !== undefined)
      return renderPage(
        c,
        <PaymentPage {...pageContext(c)} payment={payment} timeZone={config.timeZone} parts={shown} />,
      )
    })
    .route('/', paymentListRoutes({ db, config }))
}

/** The dashboard is worth more than a mailbox: until there is a passkey, one is offered. */
async function offers(db: Db, userId: string, locale: Locale): Promise<Todo[]> {
  const t = words[locale]
  const isNeeded = await ownerNeedsPasskey(db, userId)
  return isNeeded ? [{ text: t.addPasskey, note: t.addPasskeyNote, href: '/account#passkeys' }] : []
}

async function readBooks(db: Db, { range, ...of }: { currency: string; timeZone: string; range: Range }) {
  const { currency } = of
  const [thisMonth, lastMonth, bars, latest, first, reached] = await Promise.all([
    monthTotals(db, of),
    monthTotals(db, { ...of, monthsAgo: 1 }),
    grossOver(db, { ...of, range }),
    latestPayments(db, of.timeZone),
    firstPayment(db),
    readMilestones(db),
  ])
  const money = (amount: number) => ({ amount, currency })
  return {
    month: {
      net: money(thisMonth.net),
      gross: money(thisMonth.gross),
      fees: money(thisMonth.fees),
      refunds: money(thisMonth.refunds),
      disputes: money(thisMonth.disputes),
      other: money(thisMonth.other),
      pendingFees: thisMonth.pendingFees,
    },
    change: changeOf(thisMonth, lastMonth),
    bars,
    reached,
    latest,
    milestone: first ? { amount: { amount: first.amount, currency: first.currency }, at: first.paid_at! } : null,
  }
}

async function latestPayments(db: Db, timeZone: string) {
  const { payments } = await listPayments(db, { filter: {}, timeZone, way: 'older', limit: LATEST, onlyPaid: true })
  return payments
}

/** In per cent; null when last month had nothing to compare with. */
function changeOf(thisMonth: Totals, lastMonth: Totals): number | null {
  return lastMonth.net > 0 ? (100 * (thisMonth.net - lastMonth.net)) / lastMonth.net : null
}
