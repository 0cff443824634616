import { sql } from 'kysely'
import { recordEntry } from '../../src/payments/offline-entries.ts'
import type { Shop } from './shop.ts'

/** Money that the owner took without Stripe; returns the entry's id. */
export async function byHand(shop: Shop, entry: object): Promise<number> {
  const facts = { name: null, email: null, description: 'x', amount: 660, currency: 'cny', locale: 'en' }
  await shop.db.transaction().execute((trx) => {
    return recordEntry(shop, trx, { ...facts, key: crypto.randomUUID(), received_at: new Date(), ...entry })
  })
  const { rows } = await sql<{ id: number }>`select max(id) as id from offline_entries`.execute(shop.db)
  return rows[0]!.id
}

/** A payment that Stripe's test cards can't make. */
export async function paymentRow(shop: Shop, id: string, facts: object): Promise<void> {
  await shop.db
    .insertInto('payments')
    .values({
      id,
      kind: 'tip',
      status: 'paid',
      amount: 660,
      currency: 'cny',
      description: 'Tip',
      locale: 'en',
      livemode: false,
      created_at: new Date(),
      ...facts,
    } as never)
    .execute()
}
