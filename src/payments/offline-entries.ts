import { type Insertable, sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import type { Jobs } from '../jobs/queue.ts'
import { lockPayer } from './claims.ts'
import { queueFirstPayment, queueReceipt } from './payment-mails.ts'
import { userOf } from './write.ts'

type Entry = Insertable<Tables['offline_entries']>
/** An amount in minor units, above zero; `key` says what it came by, and is entered once. */
export type NewEntry = Omit<Entry, 'id' | 'user_id' | 'created_at' | 'reverses'>

/**
 * Enters money that was taken without Stripe, and queues the receipt. 'before': that key is entered already, and nothing
 * happens. Wake 'mail' after the commit.
 */
export async function recordEntry(
  deps: { config: Config; jobs: Jobs },
  trx: Trx,
  entry: NewEntry,
): Promise<'recorded' | 'before'> {
  if (entry.email) await lockPayer(trx, entry.email, 'shared')
  const recorded = await trx
    .insertInto('offline_entries')
    .values({ ...entry, user_id: userOf(entry.email) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!recorded) return 'before'
  const { id, received_at, ...facts } = recorded
  const payment = { ...facts, id: offlinePaymentId(id), kind: 'offline', method: 'offline', paid_at: received_at }
  await queueReceipt(deps, trx, payment)
  await queueFirstPayment(deps, trx, payment)
  return 'recorded'
}

/** Takes an entry back, by one of its own that is dated now. */
export async function reverseEntry(trx: Trx, id: number): Promise<'reversed' | 'before' | 'not-found'> {
  const entry = await trx
    .selectFrom('offline_entries')
    .select(['email', 'user_id', 'name', 'description', 'amount', 'currency', 'price_key', 'quantity', 'locale'])
    .where('id', '=', id)
    .where('reverses', 'is', null)
    // Whoever forgets the payer, or takes it back as well, waits.
    .forUpdate()
    .executeTakeFirst()
  if (!entry) return 'not-found'
  const reversal = await trx
    .insertInto('offline_entries')
    .values({ ...entry, amount: -entry.amount, key: `reversal:${id}`, received_at: new Date(), reverses: id })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return reversal ? 'reversed' : 'before'
}

/** In mails, on the dashboard and in the CSV: no id of Stripe's looks like it. */
export function offlinePaymentId(id: number): string {
  return `offline-${id}`
}

/** For queries of offline_entries: neither taken back nor taking back. */
export const isKept = sql<boolean>`reverses is null and not exists
  (select from offline_entries as reversal where reversal.reverses = offline_entries.id)`

const CLAIM_DAYS = 14

/** For queries of offline_claims: waiting for the owner. What they have not found within two weeks never came. */
export const isOpenClaim = sql<boolean>`(state = 'open' and created_at > now() - make_interval(days => ${sql.lit(CLAIM_DAYS)}))`
