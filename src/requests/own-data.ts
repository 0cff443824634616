import type { SignedIn } from '../auth/lucia.ts'
import type { Db, Trx } from '../db/connection.ts'
import { decimal } from '../money.ts'

/** The requests that a person has paid. Times are UTC, amounts decimal. */
export async function ownRequests(db: Db, { userId }: SignedIn) {
  const rows = await db
    .selectFrom('payment_requests as r')
    .innerJoin('payments as p', 'p.request_id', 'r.id')
    .select(['r.description', 'r.amount', 'r.currency', 'r.customer_name as customer', 'r.created_at as askedAt'])
    .where('p.user_id', '=', userId)
    .orderBy('r.created_at')
    .execute()
  return rows.map(({ amount, currency, ...row }) => ({
    ...row,
    amount: decimal({ amount, currency }),
    currency: currency.toUpperCase(),
  }))
}

/** Takes the name off the requests that a person has paid; what was asked and paid stays. */
export async function forgetCustomer(trx: Trx, { userId }: SignedIn): Promise<void> {
  await trx
    .updateTable('payment_requests')
    .set({ customer_name: null })
    .where('id', 'in', (payments) => payments.selectFrom('payments').select('request_id').where('user_id', '=', userId))
    .execute()
}
