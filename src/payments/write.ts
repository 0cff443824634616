import { sql } from 'kysely'
import type { Trx } from '../db/connection.ts'
import { queuePaymentMails } from './payment-mails.ts'
import type { Reading, Row } from './reading.ts'
import { queueSubscriptionMails } from './subscription-mails.ts'
import type { SyncDeps } from './sync.ts'

/** Whether the payer of what was written is forgotten: then nothing that Stripe still says of them may stay. */
export async function write(deps: SyncDeps, trx: Trx, reading: Reading): Promise<{ isForgotten: boolean }> {
  const { payment, subscription, balanceTransactions = [] } = reading
  if (balanceTransactions.length > 0) await writeBalanceTransactions(trx, balanceTransactions)
  const paid = payment && (await writePayment(trx, payment))
  const subscribed = subscription && (await writeSubscription(trx, subscription))
  if (paid?.status === 'paid') await queuePaymentMails(deps, trx, paid)
  if (subscribed) await queueSubscriptionMails(deps, trx, subscribed)
  return { isForgotten: Boolean(paid?.anonymized_at ?? subscribed?.anonymized_at) }
}

function writeBalanceTransactions(trx: Trx, rows: Row<'balance_transactions'>[]) {
  return trx
    .insertInto('balance_transactions')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

function writePayment(trx: Trx, payment: Row<'payments'>) {
  const { id: _, ...facts } = payment
  return trx
    .insertInto('payments')
    .values({ ...payment, user_id: userOf(payment.email) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...facts,
        email: unlessForgotten('payments', 'email'),
        name: unlessForgotten('payments', 'name'),
        message: unlessForgotten('payments', 'message'),
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

function writeSubscription(trx: Trx, subscription: Row<'subscriptions'>) {
  const { id: _, ...facts } = subscription
  return trx
    .insertInto('subscriptions')
    .values({ ...subscription, user_id: userOf(subscription.email) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ ...facts, email: unlessForgotten('subscriptions', 'email') }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Who has proved this address. Purchases of an address that nobody has proved yet are claimed later, see claims.ts. */
export function userOf(email: string | null | undefined) {
  return sql<string | null>`(select id from users where email = ${email ?? null} and email_verified_at is not null)`
}

/** Who paid stays forgotten, whatever Stripe still says of them. */
function unlessForgotten(table: 'payments' | 'subscriptions', column: string) {
  return sql<
    string | null
  >`case when ${sql.ref(`${table}.anonymized_at`)} is null then ${sql.ref(`excluded.${column}`)} end`
}
