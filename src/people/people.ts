import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'
import { offlinePaymentId } from '../payments/offline-entries.ts'
import { personOf } from '../payments/payers.ts'
import { creditsOfEach, plansOf, type Rights } from '../payments/rights.ts'
import { newestEntry, newestPayment } from './list.ts'

export type Person = Awaited<ReturnType<typeof readPeople>>[number]

/** What a person paid in one currency, in minor units. */
export interface Paid {
  currency: string
  paid: number
  refunded: number
  /** What banks hold back, or have taken back for good. */
  disputed: number
  /** What is left of it. */
  kept: number
}

/** These people, by what they are looked up by (see personOf), with what the list says of each; in the same order. */
export async function readPeople(db: Db, keys: string[]) {
  const known = await whoIs(db, keys)
  const accounts = known.flatMap(({ key, userId }) => (userId === undefined ? [] : [key]))
  const [paid, plans, credits] = await Promise.all([
    paidBy(db, keys),
    plansOf(db, keys, { whose: personOf }),
    creditsOfEach(db, accounts),
  ])
  return known.map(({ account, ...one }) => ({
    ...one,
    // No other key has an @.
    email: account ?? (one.key.includes('@') ? one.key : undefined),
    paid: paid.filter(({ person }) => person === one.key),
    plans: plans.get(one.key)! as Rights['plans'],
    credits: credits.get(one.key),
  }))
}

/** By when the list goes: accounts by when they were last seen, guests by when they last paid. */
export function activeAt({ userId, seenAt, since, lastPaidAt }: Person): Date | null | undefined {
  return userId ? (seenAt ?? since) : lastPaidAt
}

/** What they are called, when they were last here, and their newest payments; nobody for a key that is nobody's. */
export async function whoIs(db: Db, keys: string[]) {
  const key = sql`asked.key`
  const { rows } = await sql<{
    key: string
    user_id: string | null
    account: string | null
    since: Date | null
    seenAt: Date | null
    name: string | null
    isForgotten: boolean
    payment_id: string | null
    paid_at: Date | null
    entry_id: number | null
    received_at: Date | null
  }>`
    select asked.key, users.id as user_id, users.email as account,
      users.created_at as since, users.last_seen_at as "seenAt", payments.id as payment_id, payments.paid_at,
      payments.anonymized_at is not null and payments.user_id is null as "isForgotten",
      entries.id as entry_id, entries.received_at,
      coalesce(
        (select name from payments where ${personOf.payments} = ${key} and paid_at is not null and name is not null
          order by coalesce(paid_at, created_at) desc, id desc limit 1),
        (select name from offline_entries where ${personOf.offline_entries} = ${key} and name is not null
          order by received_at desc, id desc limit 1)
      ) as name
    from unnest(${keys}::text[]) with ordinality as asked (key, place)
    left join users on users.id = asked.key
    left join payments on payments.id = ${newestPayment(key, sql`id`)}
    left join offline_entries as entries on entries.id = ${newestEntry(key, sql`id`)}
    where coalesce(users.id, payments.id, entries.id::text) is not null
    order by asked.place`.execute(db)
  return rows.map(({ user_id, payment_id, paid_at, entry_id, received_at, ...rest }) => {
    const isByHand = entry_id !== null && (paid_at === null || received_at! >= paid_at)
    const lastPaidAt = isByHand ? received_at : paid_at
    return {
      ...rest,
      /** In the address of their page: the account's, or that of a payment of theirs. */
      id: user_id ?? (isByHand ? offlinePaymentId(entry_id) : payment_id!),
      userId: user_id ?? undefined,
      lastPaidAt: lastPaidAt ?? undefined,
    }
  })
}

/** Per person and currency, the most first. What was taken back by hand is a refund. */
async function paidBy(db: Db, keys: string[]) {
  const { rows } = await sql<Paid & { person: string; firstPaidAt: Date }>`
    select person, currency, sum(amount)::bigint as paid, sum(refunded)::bigint as refunded, sum(disputed)::bigint as disputed,
      sum(kept)::bigint as kept, min(at) as "firstPaidAt"
    from (
      select ${personOf.payments} as person, currency, amount, refunded, disputed,
        greatest(0, amount - refunded - disputed) as kept, paid_at as at
      from payments where ${personOf.payments} = any(${keys}) and paid_at is not null
      union all
      select ${personOf.offline_entries}, currency, greatest(0, amount), greatest(0, -amount), 0, amount, received_at
      from offline_entries where ${personOf.offline_entries} = any(${keys})
    ) as payments
    group by person, currency order by kept desc, currency`.execute(db)
  return rows
}
