import { invalid } from './errors.ts'
import type { Tx } from './tx.ts'

/** Which fields of an object hold another's id, and of what. `includable` lists are absent until asked for. */
const EXPANDABLE: Record<string, Record<string, string>> = {
  'checkout.session': {
    customer: 'customer',
    invoice: 'invoice',
    line_items: 'includable',
    payment_intent: 'payment_intent',
    subscription: 'subscription',
  },
  payment_intent: { customer: 'customer', latest_charge: 'charge', payment_method: 'payment_method' },
  charge: {
    balance_transaction: 'balance_transaction',
    customer: 'customer',
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
    refunds: 'includable',
  },
  refund: {
    balance_transaction: 'balance_transaction',
    charge: 'charge',
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
  },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  payout: { balance_transaction: 'balance_transaction', failure_balance_transaction: 'balance_transaction' },
  balance_transaction: { source: 'source' },
  payment_method: { customer: 'customer' },
  customer: {},
  'customer.invoice_settings': { default_payment_method: 'payment_method' },
  'checkout.session.discounts': { coupon: 'coupon', promotion_code: 'promotion_code' },
  subscription: {
    customer: 'customer',
    default_payment_method: 'payment_method',
    discounts: 'discount',
    latest_invoice: 'invoice',
  },
  invoice: {
    confirmation_secret: 'includable',
    customer: 'customer',
    default_payment_method: 'payment_method',
    discounts: 'discount',
    payments: 'includable',
  },
  'invoice.parent.subscription_details': { subscription: 'subscription' },
  'line_item.pricing.price_details': { price: 'price' },
  line_item: { discounts: 'discount', subscription: 'subscription' },
  invoice_payment: { invoice: 'invoice' },
  'invoice_payment.payment': { charge: 'charge', payment_intent: 'payment_intent' },
  discount: { customer: 'customer', promotion_code: 'promotion_code' },
  'discount.source': { coupon: 'coupon' },
  promotion_code: { customer: 'customer' },
  'promotion_code.promotion': { coupon: 'coupon' },
  'billing_portal.session': { configuration: 'billing_portal.configuration' },
  price: { product: 'product' },
  product: { default_price: 'price' },
  item: {},
}
/** Objects that are there in full and may hold something to expand. */
const EMBEDDED: Record<string, string[]> = {
  item: ['price'],
  list: ['data'],
  customer: ['invoice_settings'],
  'checkout.session': ['discounts'],
  subscription: ['items'],
  subscription_item: ['price'],
  invoice: ['lines', 'parent'],
  'invoice.parent': ['subscription_details'],
  line_item: ['pricing'],
  'line_item.pricing': ['price_details'],
  invoice_payment: ['payment'],
  discount: ['source'],
  promotion_code: ['promotion'],
  dispute: ['balance_transactions'],
}
/** What moves money, by the start of its id. */
const SOURCES: Record<string, string> = {
  ch: 'charge',
  py: 'charge',
  re: 'refund',
  pyr: 'refund',
  du: 'dispute',
  po: 'payout',
}

type Json = Record<string, unknown>
export type Include = (tx: Tx, object: string, id: string, field: string) => Promise<unknown>

/** `expand: ['data.payment_intent.latest_charge']`, to four levels. Objects are changed in place. */
export async function expand(tx: Tx, answer: object, paths: string[], include: Include): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const keys = path.split('.')
    if (keys.length > 4) {
      throw invalid(`You cannot expand more than 4 levels of a property. Property: ${path}`, {
        param: `expand[${index}]`,
      })
    }
    await expandPath(tx, answer as Json, keys, path, include)
  }
}

/** A hash without a name of its own is known by where it is: `invoice.parent`. */
async function expandPath(
  tx: Tx,
  at: Json,
  [key, ...rest]: string[],
  path: string,
  include: Include,
  place = '',
): Promise<void> {
  if (key === undefined || at === null || typeof at !== 'object') return
  const object = String(at.object ?? place)
  const target = EXPANDABLE[object]?.[key]
  if (!target && !EMBEDDED[object]?.includes(key)) {
    throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' })
  }
  if (target === 'includable') at[key] ??= await include(tx, object, String(at.id), key)
  else if (target && typeof at[key] === 'string') at[key] = await whole(tx, target, at[key])
  else if (target && Array.isArray(at[key])) {
    for (const [index, id] of at[key].entries())
      if (typeof id === 'string') at[key][index] = await whole(tx, target, id)
  }

  const next = at[key]
  for (const item of Array.isArray(next) ? next : [next]) {
    await expandPath(tx, item as Json, rest, path, include, `${object}.${key}`)
  }
}

async function whole(tx: Tx, object: string, id: string): Promise<unknown> {
  const row = await tx.row(object === 'source' ? (SOURCES[id.split('_')[0]!] ?? '') : object, id)
  return row?.deleted ? { id, object, deleted: true } : (row?.data ?? id)
}
