import type { Include } from '../expand.ts'
import type { Route } from '../route.ts'
import { balance, balanceTransactions } from './balance.ts'
import { charges } from './charges.ts'
import { customers } from './customers.ts'
import { events } from './events.ts'
import { paymentIntents } from './payment-intents.ts'
import { paymentMethods } from './payment-methods.ts'
import { prices } from './prices.ts'
import { products } from './products.ts'
import { lineItemsOf, sessions } from './sessions.ts'
import { webhookEndpoints } from './webhook-endpoints.ts'

/** All that the sandbox's API can do. */
export const routes: Route[] = [
  ...customers,
  ...products,
  ...prices,
  ...sessions,
  ...paymentIntents,
  ...paymentMethods,
  ...charges,
  ...balance,
  ...balanceTransactions,
  ...events,
  ...webhookEndpoints,
]

/** The lists that an object has only when they are asked for. */
export const include: Include = async (tx, object, id, field) => {
  if (object === 'checkout.session' && field === 'line_items') return lineItemsOf(tx, id)
  throw new Error(`${object}.${field} cannot be included`)
}
