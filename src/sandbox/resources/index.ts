import type { Include } from '../expand.ts'
import type { Route } from '../route.ts'
import { account } from './account.ts'
import { balance, balanceTransactions } from './balance.ts'
import { charges } from './charges.ts'
import { coupons } from './coupons.ts'
import { customers } from './customers.ts'
import { disputes } from './disputes.ts'
import { events } from './events.ts'
import { confirmationOf, invoiceItems, invoicePayments, paymentsOf } from './invoice-payments.ts'
import { invoices } from './invoices.ts'
import { paymentIntents } from './payment-intents.ts'
import { paymentMethods } from './payment-method-routes.ts'
import { payouts } from './payouts.ts'
import { portal } from './portal.ts'
import { prices } from './prices.ts'
import { products } from './products.ts'
import { promotionCodes } from './promotion-codes.ts'
import { refunds, refundsOf } from './refunds.ts'
import { lineItemsOf, sessions } from './sessions.ts'
import { subscriptionItems } from './subscription-items.ts'
import { subscriptions } from './subscriptions.ts'
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
  ...refunds,
  ...disputes,
  ...payouts,
  ...account,
  ...balance,
  ...balanceTransactions,
  ...subscriptions,
  ...subscriptionItems,
  ...invoices,
  ...invoicePayments,
  ...invoiceItems,
  ...coupons,
  ...promotionCodes,
  ...portal,
  ...events,
  ...webhookEndpoints,
]

/** What an object has only when it is asked for. */
export const include: Include = async (tx, object, id, field) => {
  if (object === 'checkout.session' && field === 'line_items') return lineItemsOf(tx, id)
  if (object === 'invoice') return field === 'payments' ? paymentsOf(tx, id) : confirmationOf(tx, id)
  if (object === 'charge') return refundsOf(tx, id)
  throw new Error(`${object}.${field} cannot be included`)
}
