import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { isPending } from './days.ts'
import { PENDING } from './movement-words.ts'
import { OFFLINE } from './movements.ts'

export const PAGE = 50

export interface Movement {
  id: string
  at: Date
  /** Stripe's, or `offline` or `pending`. */
  type: string
  category: string
  description: string | null
  /** Minor units. */
  amount: number
  fee: number
  net: number
  /** Of a payment of ours. */
  payment_id: string | null
  kind: string | null
  name: string | null
  price_key: string | null
}

/** Where a page goes on: after the movement of this time and id. */
export const Cursor = z.object({
  at: z.iso.datetime().transform((at) => new Date(at)),
  id: z.string().regex(/^[\w-]{1,255}$/),
})

/**
 * All that the figures of one currency are made of, the newest first: the movements of Stripe's balance, what came without
 * Stripe, and payments whose fee is not known. One more than a page, when there are more.
 */
export async function movementsBefore(db: Db, currency: string, before?: z.output<typeof Cursor>): Promise<Movement[]> {
  const part = (at: string, id: string) => {
    const key = { at: sql.ref(at), id: sql.raw(id) }
    const isOlder = before
      ? sql`${key.at} <= ${before.at} and (${key.at}, ${key.id}) < (${before.at}, ${before.id})`
      : sql`true`
    return sql`${isOlder} order by ${key.at} desc, ${key.id} desc limit ${PAGE + 1}`
  }
  const { rows } = await sql<Movement>`
    select m.id, m.at, type, category, m.description, m.amount, m.fee, m.net, p.id as payment_id,
      p.kind, p.description as name, p.price_key from (
      (select b.id, b.created_at as at, b.type, b.reporting_category as category, b.description, b.amount, b.fee, b.net,
        b.payment_id
      from balance_transactions b where b.currency = ${currency} and ${part('b.created_at', 'b.id')})
      union all
      (select 'offline-' || o.id, o.received_at, ${OFFLINE}::text, ${OFFLINE}::text, o.description, o.amount, 0, o.amount, null
      from offline_entries o where o.currency = ${currency} and ${part('o.received_at', `'offline-' || o.id`)})
      union all
      (select p.id, p.paid_at, ${PENDING}::text, 'charge', p.description, p.amount, 0, p.amount, p.id
      from payments p where p.currency = ${currency} and ${isPending} and ${part('p.paid_at', 'p.id')})
    ) as m left join payments p on p.id = m.payment_id
    order by m.at desc, m.id desc limit ${PAGE + 1}
  `.execute(db)
  return rows
}
