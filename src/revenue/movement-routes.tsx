import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { currenciesOf } from './books.ts'
import { chosenCurrency } from './chosen-currency.ts'
import { Cursor, type Movement, movementsBefore, PAGE } from './movement-list.ts'
import { MovementsPage } from './movements-page.tsx'

/** `/dashboard/movements`: behind the dashboard's guard. */
export function movementRoutes({ db, config }: { db: Db; config: Config }): Hono {
  return new Hono().get('/', async (c) => {
    const currencies = await currenciesOf(db)
    const currency = chosenCurrency(c, currencies)
    const { at, id } = c.req.query()
    const before = at || id ? Cursor.safeParse({ at, id }) : undefined
    if (before && !before.success) throw new HTTPException(400)
    const found = await movementsBefore(db, currency, before?.data)
    const movements = found.slice(0, PAGE)
    return renderPage(
      c,
      <MovementsPage
        {...pageContext(c)}
        timeZone={config.timeZone}
        currencies={currencies}
        currency={currency}
        movements={movements}
        newest={before && addressOf(currency)}
        older={found.length > PAGE ? addressOf(currency, movements.at(-1)) : undefined}
      />,
    )
  })
}

function addressOf(currency: string, after?: Movement): string {
  const cursor = after && { at: after.at.toISOString(), id: after.id }
  return `/dashboard/movements?${new URLSearchParams({ currency, ...cursor })}`
}
