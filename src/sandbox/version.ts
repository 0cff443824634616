import type Stripe from 'stripe'

/** The one version that the sandbox speaks: the SDK's. An update of the SDK makes this line a type error. */
export const API_VERSION: typeof Stripe.API_VERSION = '2026-10-28.endive'
