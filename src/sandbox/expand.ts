import { invalid } from './errors.ts'
import type { Tx } from './tx.ts'

/** Which fields of an object hold another's id, and of what. `includable` lists are absent until asked for. */
const EXPANDABLE: Record<string, Record<string, string>> = {
  'checkout.session': { customer: 'customer', payment_intent: 'payment_intent', line_items: 'includable' },
  payment_intent: { customer: 'customer', latest_charge: 'charge', payment_method: 'payment_method' },
  charge: { balance_transaction: 'balance_transaction', customer: 'customer', payment_intent: 'payment_intent' },
  balance_transaction: { source: 'charge' },
  payment_method: { customer: 'customer' },
  price: { product: 'product' },
  product: { default_price: 'price' },
  item: {},
}
/** Objects that are there in full and may hold something to expand. */
const EMBEDDED: Record<string, string[]> = { item: ['price'], list: ['data'] }

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

async function expandPath(tx: Tx, at: Json, [key, ...rest]: string[], path: string, include: Include): Promise<void> {
  if (key === undefined || at === null || typeof at !== 'object') return
  const object = String(at.object)
  const target = EXPANDABLE[object]?.[key]
  if (!target && !EMBEDDED[object]?.includes(key)) {
    throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' })
  }
  if (target === 'includable') at[key] ??= await include(tx, object, String(at.id), key)
  else if (target && typeof at[key] === 'string') at[key] = await whole(tx, target, at[key])

  const next = at[key]
  for (const item of Array.isArray(next) ? next : [next]) await expandPath(tx, item as Json, rest, path, include)
}

async function whole(tx: Tx, object: string, id: string): Promise<unknown> {
  const row = await tx.row(object, id)
  return row?.deleted ? { id, object, deleted: true } : (row?.data ?? id)
}
