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

/** Stripe's reporting categories, https://docs.stripe.com/reports/reporting-categories. One that is not here: see ownTypes. */
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

/**
 * Of a category that Stripe has invented since, the type may still say that the money is only held, moved or lent; else it
 * counts as `other`. https://docs.stripe.com/reports/balance-transaction-types
 */
const ownTypes: Literal<Stripe.BalanceTransaction.Type>[] = [
  'advance',
  'advance_funding',
  'anticipation_repayment',
  'connect_collection_transfer',
  'fee_credit_funding',
  'inbound_transfer',
  'inbound_transfer_reversal',
  'issuing_authorization_hold',
  'issuing_authorization_release',
  'payment_network_reserve_hold',
  'payment_network_reserve_release',
  'payout',
  'payout_cancel',
  'payout_failure',
  'payout_minimum_balance_hold',
  'payout_minimum_balance_release',
  'reserve_hold',
  'reserve_release',
  'reserve_transaction',
  'reserved_funds',
  'topup',
  'topup_reversal',
  'transfer',
  'transfer_cancel',
  'transfer_failure',
  'transfer_refund',
]
/** As a category: a new one, of a type that is ours. */
const OWN = 'own'

const known: Record<string, Group> = { ...groups, [OFFLINE]: 'gross', [OWN]: 'own' }

export function groupOf(category: string, type?: string): Group {
  if (Object.hasOwn(known, category)) return known[category]!
  return ownTypes.some((own) => own === type) ? 'own' : 'other'
}

/** What `sums` asks for as `category`, of a row of balance_transactions. */
export const categoryOf: RawBuilder<string> = sql`case
  when type = any(${ownTypes}) and reporting_category <> all(${Object.keys(known)}) then ${OWN}::text
  else reporting_category end`

/** Changes whenever a category or a type moves to another group: what was summed up by other rules is not read. */
export const RULES = JSON.stringify([Object.entries(known).toSorted(), ownTypes.toSorted()])

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
