import { sql } from 'kysely'
import type { Trx } from '../db/connection.ts'
import { lockPayer } from './claims.ts'
import { queueDisputeMails, queuePayoutMail, queueRefundMails } from './money-mails.ts'
import { queuePaymentMails } from './payment-mails.ts'
import type { Reading, Row } from './reading.ts'
import { queueSubscriptionMails } from './subscription-mails.ts'
import type { SyncDeps } from './sync.ts'

/** Whether the payer of what was written is forgotten: then nothing that Stripe still says of them may stay. */
export async function write(deps: SyncDeps, trx: Trx, reading: Reading): Promise<{ isForgotten: boolean }> {
  const { payment, subscription, payout, balanceTransactions = [], refunds = [], disputes = [] } = reading
  const rows = [payment, subscription, payout, ...balanceTransactions, ...refunds, ...disputes]
  for (const row of rows) if (row) refuseInexact(row)
  const payer = payment?.email ?? subscription?.email
  if (payer) await lockPayer(trx, payer, 'shared')
  if (balanceTransactions.length > 0) await writeBalanceTransactions(trx, balanceTransactions)
  const before = await knownBefore(trx, reading)
  const latestOf = ({ id, created_at }: { id: string; created_at: Date | string }) =>
    before.has(id) ? new Date() : new Date(created_at)
  if (payout) await writeRows(trx, 'payouts', [payout])
  const paid = payment && (await writePayment(trx, payment))
  // Of payments that this app did not make, the movements are enough.
  if (paid) await writeRows(trx, 'refunds', refunds)
  if (paid) await writeRows(trx, 'disputes', disputes)
  const subscribed = subscription && (await writeSubscription(trx, subscription))
  if (paid?.status === 'paid') await queuePaymentMails(deps, trx, paid, before.has(paid.id) ? new Date() : undefined)
  if (paid) await queueRefundMails(deps, trx, paid, refunds, latestOf)
  if (paid) await queueDisputeMails(deps, trx, paid, disputes, latestOf)
  if (payout) await queuePayoutMail(deps, trx, payout, latestOf)
  if (subscribed) await queueSubscriptionMails(deps, trx, subscribed)
  return { isForgotten: Boolean(paid?.anonymized_at ?? subscribed?.anonymized_at) }
}

/** The ids of what we have seen already; a payment's while it was not paid. A change of theirs is news. */
async function knownBefore(trx: Trx, { payment, payout, refunds = [], disputes = [] }: Reading): Promise<Set<string>> {
  const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id)
  const { rows } = await sql<{ id: string }>`
    select id from payments where id = ${payment?.id ?? null} and status <> 'paid'
    union all select id from refunds where id = any(${idsOf(refunds)})
    union all select id from disputes where id = any(${idsOf(disputes)})
    union all select id from payouts where id = ${payout?.id ?? null}
  `.execute(trx)
  return new Set(idsOf(rows))
}

/** Nothing in them changes, but one that was read by itself does not know its payment; what else differs is put right. */
async function writeBalanceTransactions(trx: Trx, rows: Row<'balance_transactions'>[]): Promise<void> {
  for (const row of rows) {
    const { id: _, payment_id: __, ...facts } = row
    const names = Object.keys(facts).map((name) => sql.ref(name))
    const ours = sql.join(names.map((name) => sql`balance_transactions.${name}`))
    const stripes = sql.join(names.map((name) => sql`excluded.${name}`))
    await trx
      .insertInto('balance_transactions')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ ...facts, payment_id: sql`coalesce(excluded.payment_id, balance_transactions.payment_id)` })
          .where(
            sql<boolean>`(balance_transactions.payment_id is null and excluded.payment_id is not null)
              or (${ours}) is distinct from (${stripes})`,
          ),
      )
      .execute()
  }
}

async function writeRows<T extends 'refunds' | 'disputes' | 'payouts'>(
  trx: Trx,
  table: T,
  rows: Row<'refunds' | 'disputes' | 'payouts'>[],
): Promise<void> {
  for (const row of rows) {
    const { id: _, ...facts } = row
    await trx
      .insertInto(table as 'refunds')
      .values(row as Row<'refunds'>)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(facts as Row<'refunds'>))
      .execute()
  }
}

/** An amount that no number holds exactly would be another one in the books. */
function refuseInexact(row: object): void {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value !== 'number' || name === 'exchange_rate' || Number.isSafeInteger(value)) continue
    throw new RangeError(`${name} is ${value}, which is not exact`)
  }
}

function writePayment(trx: Trx, payment: Row<'payments'>) {
  const { id: _, ...facts } = payment
  return trx
    .insertInto('payments')
    .values({ ...payment, user_id: ownerOf(payment) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...facts,
        // Once known it is known, whatever an answer of Stripe's from before says.
        balance_transaction_id: sql`coalesce(excluded.balance_transaction_id, payments.balance_transaction_id)`,
        email: unlessForgotten('payments', 'email'),
        buyer_id: unlessForgotten('payments', 'buyer_id'),
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
    .values({ ...subscription, user_id: ownerOf(subscription) })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...facts,
        email: unlessForgotten('subscriptions', 'email'),
        buyer_id: unlessForgotten('subscriptions', 'buyer_id'),
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Who was signed in when it was begun, and nobody else; of a guest's, who has proved the address. */
function ownerOf({ buyer_id, email }: { buyer_id?: string | null; email?: string | null }) {
  if (!buyer_id) return userOf(email)
  return sql<string | null>`(select id from users where id = ${buyer_id})`
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
