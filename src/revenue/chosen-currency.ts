import type { Context } from 'hono'
import { catalog } from '../catalog.ts'

/** The one of `?currency=`, if there is money in it, else the first; before there is any, the catalog's. */
export function chosenCurrency(c: Context, currencies: string[]): string {
  const wanted = c.req.query('currency')
  return currencies.find((known) => known === wanted) ?? currencies[0] ?? catalog.currency
}
