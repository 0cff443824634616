import type Stripe from 'stripe'
import { params } from '../params.ts'
import { get, type Route } from '../route.ts'

/** The account that the key is of. */
export const account: Route[] = [
  get('/account', params({}), async (tx): Promise<Stripe.Account> => {
    return {
      id: 'acct_sandbox',
      object: 'account',
      charges_enabled: true,
      country: 'HK',
      default_currency: tx.config.settlementCurrency,
      details_submitted: true,
      email: null,
      payouts_enabled: true,
      type: 'standard',
    }
  }),
]
