import { type RawBuilder, sql } from 'kysely'
import type Stripe from 'stripe'

/**
 * Where a movement of the balance counts. `own`: money that only changes its place, or is lent, held back and given back;
 * it is neither earned nor spent, so its amount counts nowhere, and what Stripe took for it is a fee.
 * A fee inside a movement is a fee whatever the movement is.
 */
export type Group = 'gross' | 'refunds' | 'disputes' | 'fees' | 'other' | 'own'

/** What a union of Stripe's spells out: theirs all take any string beside. */
export type Literal<T> = T extends string ? (string extends T ? never : T) : never
/** All that Stripe's SDK knows: one that a new SDK adds is a compile error below. */
type Category = Literal<Stripe.Reporting.ReportRunCreateParams.Parameters.ReportingCategory>

/** Stripe's reporting categories, https://docs.stripe.com/reports/reporting-categories. One that is not here is `other`. */
const groups: Record<Category, Group> = {
  charge: 'gross',
  // They take back what a charge had counted too much: it was never paid.
  charge_failure: 'gross',
  partial_capture_reversal: 'gross',

  refund: 'refunds',
  refund_failure: 'refunds',

  dispute: 'disputes',
  dispute_reversal: 'disputes',

  fee: 'fees',
  network_cost: 'fees',
  // On Stripe's fees.
  tax: 'fees',

  payout: 'own',
  payout_reversal: 'own',
  topup: 'own',
  topup_reversal: 'own',
  transfer: 'own',
  transfer_reversal: 'own',
  connect_collection_transfer: 'own',
  connect_reserved_funds: 'own',
  risk_reserved_funds: 'own',
  issuing_authorization_hold: 'own',
  issuing_authorization_release: 'own',
  advance: 'own',
  advance_funding: 'own',
  anticipation_repayment: 'own',
  financing_payout: 'own',
  financing_payout_reversal: 'own',
  financing_paydown: 'own',
  financing_paydown_reversal: 'own',

  climate_order_purchase: 'other',
  climate_order_refund: 'other',
  contribution: 'other',
  issuing_dispute: 'other',
  issuing_transaction: 'other',
  other_adjustment: 'other',
  platform_earning: 'other',
  platform_earning_refund: 'other',
  unreconciled_customer_funds: 'other',
}

/** As a category: what the owner took without Stripe. */
export const OFFLINE = 'offline'

const known: Record<string, Group> = { ...groups, [OFFLINE]: 'gross' }

export function groupOf(category: string): Group {
  return Object.hasOwn(known, category) ? known[category]! : 'other'
}

/** Changes whenever a category moves to another group: what was summed up by other rules is not read. */
export const RULES = JSON.stringify(Object.entries(known).toSorted())

/**
 * The sums of `amount`, `fee`, `net` and `category` of whatever it is asked from, as gross, refunds, disputes, fees, other and
 * net, in minor units. gross − refunds − disputes − fees + other = net, for anything that may be in those columns.
 */
export const sums: RawBuilder<unknown> = sql`
  coalesce(sum(amount) filter (where ${isIn('gross')}), 0)::bigint as gross,
  coalesce(-sum(amount) filter (where ${isIn('refunds')}), 0)::bigint as refunds,
  coalesce(-sum(amount) filter (where ${isIn('disputes')}), 0)::bigint as disputes,
  sum(fee - case when ${isIn('fees')} then amount else 0 end)::bigint as fees,
  sum(net + fee - case when ${isIn('gross', 'refunds', 'disputes', 'fees', 'own')} then amount else 0 end)::bigint as other,
  sum(net - case when ${isIn('own')} then amount else 0 end)::bigint as net`

function isIn(...wanted: Group[]): RawBuilder<boolean> {
  const categories = Object.keys(known).filter((category) => wanted.includes(known[category]!))
  return sql`category = any(${categories})`
}
