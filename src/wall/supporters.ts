import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { isKept } from '../payments/offline-entries.ts'

const MOST = 200

export interface Supporter {
  id: string
  name: string | null
  message: string | null
  at: Date
  isHidden: boolean
}

/** Who tipped, wants to be named, and has not been given it back; the newest two hundred. */
export async function supporters(db: Db, { hidden = false, id = null as string | null } = {}): Promise<Supporter[]> {
  const { rows } = await sql<Supporter>`
    select * from (
      select tip.*, exists (select from hidden_supporters where payment_id = tip.id) as "isHidden" from (
      select id, name, message, paid_at as at from payments
      where on_wall and kind = 'tip' and status = 'paid' and refunded = 0 and anonymized_at is null and ${isUndisputed}
      union all
      select 'offline-' || id, name, message, received_at from offline_entries
      where on_wall and amount > 0 and ${isKept}
      ) as tip
    ) as supporter
    where ${id === null ? sql`${hidden} or not "isHidden"` : sql`id = ${id}`}
    order by at desc, id desc limit ${MOST}
  `.execute(db)
  return rows
}

/** A dispute that was won, or that ended as a question, is over. */
const isUndisputed = sql<boolean>`not exists (select from disputes
  where payment_id = payments.id and status not in ('won', 'warning_closed', 'prevented'))`

/** False when nobody of that payment is on the page. */
export async function setHidden(db: Db, id: string, isHidden: boolean): Promise<boolean> {
  const [supporter] = await supporters(db, { id })
  if (!supporter) return false
  if (isHidden) {
    await db
      .insertInto('hidden_supporters')
      .values({ payment_id: id })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  } else {
    await db.deleteFrom('hidden_supporters').where('payment_id', '=', id).execute()
  }
  return true
}
