import { Readable } from 'node:stream'
import { type Context, Hono } from 'hono'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { paymentsCsv } from './csv.ts'
import { queryOf, readFilter } from './payment-filter.ts'
import { listPayments, PlaceText, paidCurrencies, placeText } from './payment-list.ts'
import { PaymentsPage } from './payment-list-page.tsx'

const PAGE = 50

interface ListDeps {
  db: Db
  config: Pick<Config, 'timeZone'>
}

/** `/dashboard/payments` and its CSV: behind the dashboard's guard. */
export function paymentListRoutes(deps: ListDeps): Hono {
  return new Hono()
    .get('/payments', async (c) => {
      const asked = readFilter(c.req.query())
      const { filter } = asked
      const list = await readList(c, deps, filter)
      const address = (place: Record<string, string> = {}) => `/dashboard/payments${queryOf(filter, place)}`
      return renderPage(
        c,
        <PaymentsPage
          {...pageContext(c)}
          asked={asked}
          payments={list.payments}
          lookedUntil={list.isCut ? list.older?.at : undefined}
          currencies={await paidCurrencies(deps.db)}
          timeZone={deps.config.timeZone}
          newer={list.newer && address({ newer: placeText(list.newer) })}
          older={list.older && address({ older: placeText(list.older) })}
          csvUrl={`/dashboard/payments.csv${queryOf(filter)}`}
        />,
      )
    })
    .get('/payments.csv', (c) => {
      const { filter } = readFilter(c.req.query())
      const body = Readable.toWeb(paymentsCsv(deps.db, filter, deps.config.timeZone)) as ReadableStream
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="payments.csv"',
      }
      return c.body(body, 200, headers)
    })
}

/** The page that the query names, the newest first; of what is no place, the first. */
async function readList(c: Context, { db, config }: ListDeps, filter: ReturnType<typeof readFilter>['filter']) {
  const query = { filter, timeZone: config.timeZone, limit: PAGE }
  const after = PlaceText.safeParse(c.req.query('newer')).data
  if (after) {
    const { payments, next } = await listPayments(db, { ...query, beyond: after, way: 'newer' })
    // At the top the page is a whole one again.
    if (next) return { payments: payments.toReversed(), newer: next, older: payments[0] ?? after, isCut: false }
  }
  const before = after ? undefined : PlaceText.safeParse(c.req.query('older')).data
  const { payments, next, isCut } = await listPayments(db, { ...query, beyond: before, way: 'older' })
  return { payments, newer: before && (payments[0] ?? before), older: next, isCut }
}
