import { sql } from 'kysely'
import type { Trx } from '../db/connection.ts'
import { lockPayer } from './claims.ts'
import { offlinePaymentId } from './offline-entries.ts'
import { isPaidBy } from './paid-by.ts'

/**
 * Makes what a user paid anonymous, claimed or under their proved address: what was paid stays in the books, who paid it
 * does not. `sync` keeps it so. What we still hold of Stripe's events and of the owner's notices about them is emptied,
 * too. Stripe's own copy is not touched.
 */
export async function forgetPayer(trx: Trx, user: { id: string; email: string }): Promise<void> {
  // What is just being written is forgotten as well, once it is there.
  await lockPayer(trx, user.email)
  const isTheirs = isPaidBy(user)
  const forgotten = { email: null, buyer_id: null, anonymized_at: new Date() }
  const payments = await trx
    .updateTable('payments')
    .set({ ...forgotten, name: null, message: null })
    .where(isTheirs)
    .returning(['id', 'session_id', 'invoice_id'])
    .execute()
  const subscriptions = await trx.updateTable('subscriptions').set(forgotten).where(isTheirs).returning('id').execute()
  const entries = await trx
    .updateTable('offline_entries')
    .set({ email: null, name: null, message: null, on_wall: false })
    .where(isTheirs)
    .returning('id')
    .execute()
  await emptyMails(trx, [...payments.map(({ id }) => id), ...entries.map(({ id }) => offlinePaymentId(id))])
  await emptyEvents(trx, [
    ...payments.flatMap(({ id, session_id, invoice_id }) => [id, session_id ?? [], invoice_id ?? []].flat()),
    ...subscriptions.map(({ id }) => id),
    ...(await becameOf(trx, payments)),
  ])
}

/** The refunds and disputes of payments: what Stripe tells of them names the payer, too. */
async function becameOf(trx: Trx, payments: { id: string }[]): Promise<string[]> {
  if (payments.length === 0) return []
  const ids = payments.map(({ id }) => id)
  const refunds = await trx.selectFrom('refunds').select('id').where('payment_id', 'in', ids).execute()
  const disputes = await trx.selectFrom('disputes').select('id').where('payment_id', 'in', ids).execute()
  return [...refunds, ...disputes].map(({ id }) => id)
}

/** The mails themselves stay: the owner may not have had them yet, and of one key there is one mail, ever. */
async function emptyMails(trx: Trx, paymentIds: string[]): Promise<void> {
  if (paymentIds.length === 0) return
  await trx
    .updateTable('mails')
    .set({ message: sql`message #- '{props,email}' #- '{props,name}' #- '{props,message}'` })
    .where('payment_id', 'in', paymentIds)
    .execute()
}

async function emptyEvents(trx: Trx, objectIds: string[]): Promise<void> {
  if (objectIds.length === 0) return
  await trx.updateTable('inbox').set({ payload: '{}' }).where('object_id', 'in', objectIds).execute()
}
