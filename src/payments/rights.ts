import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { Db, Trx } from '../db/connection.ts'
import type { Tables } from '../db/tables.ts'
import { isKept } from './offline-entries.ts'

/** What somebody may do, derived from what they have paid and not got back. Nothing is granted, so nothing is granted twice. */
export interface Rights {
  /** The plans that are open now, and until when. */
  plans: { plan: string; until: Date }[]
  credits: number
}

/** While a renewal is owed the plan stays open for so long from the day it was due. */
export const GRACE_DAYS = 7
const DAY_MS = 86_400_000

/** The rights of a user, now or at `at`. */
export async function rightsOf(db: Db | Trx, userId: string, at = new Date()): Promise<Rights> {
  const credits = await creditsOf(db, userId)
  const plans = await plansOf(db, [userId], { at })
  return { plans: plans.get(userId)!, credits }
}

/** For queries: what rows of these tables are looked up by. */
type Whose = Record<'payments' | 'offline_entries' | 'subscriptions', RawBuilder<string>>

const usersOwn = sql<string>`user_id`
const byUser: Whose = { payments: usersOwn, offline_entries: usersOwn, subscriptions: usersOwn }

/** The plans that are open to several at once, each by what they were asked by: users, or what `whose` says. */
export async function plansOf(
  db: Db | Trx,
  keys: string[],
  { at = new Date(), whose = byUser }: { at?: Date; whose?: Whose } = {},
): Promise<Map<string, Rights['plans']>> {
  const passes = await passesOf(db, keys, whose)
  const subscriptions = await subscriptionsOf(db, keys, whose.subscriptions)
  const theirs = <T extends { whose: string }>(rows: T[], key: string) => rows.filter((row) => row.whose === key)
  return new Map(keys.map((key) => [key, openPlans(theirs(passes, key), theirs(subscriptions, key), at)]))
}

function openPlans(
  passes: Awaited<ReturnType<typeof passesOf>>,
  subscriptions: Awaited<ReturnType<typeof subscriptionsOf>>,
  at: Date,
): Rights['plans'] {
  const ends = new Map<string, Date>()
  const open = (plan: string | null, until: Date | undefined) => {
    if (plan && until && until > at && until > (ends.get(plan) ?? at)) ends.set(plan, until)
  }
  for (const subscription of subscriptions) open(subscription.plan, accessEnds(subscription))
  for (const plan of new Set(passes.map((pass) => pass.plan))) {
    open(plan, passEnds(passes.filter((pass) => pass.plan === plan)))
  }
  return [...ends].map(([plan, until]) => ({ plan, until }))
}

function subscriptionsOf(db: Db | Trx, keys: string[], whose: RawBuilder<string>) {
  return db
    .selectFrom('subscriptions')
    .select(['plan', 'status', 'period_start', 'period_end', 'ends_at', whose.as('whose')])
    .where(sql<boolean>`${whose} = any(${keys})`)
    .where(isNotDisputed)
    .execute()
}

// While the bank has the money of the running period, or for good, it opens nothing.
const isNotDisputed = sql<boolean>`not exists (select from payments where subscription_id = subscriptions.id
  and disputed > 0 and paid_at > subscriptions.period_start - interval '3 days')`

/** Whether a plan is open to a user now. */
export async function hasPlan(db: Db | Trx, userId: string, plan: string): Promise<boolean> {
  return (await rightsOf(db, userId)).plans.some((open) => open.plan === plan)
}

/**
 * Credits left: those of every payment that is paid and of every offline entry that is not taken back, less what was used.
 * A refund takes credits back by its share of the payment, and so does a dispute while the bank has the money; those that
 * had been used count against the next purchase. What a customer asked to be refunded is gone from then on. Never below zero.
 */
export async function creditsOf(db: Db | Trx, userId: string): Promise<number> {
  return (await creditsOfEach(db, [userId])).get(userId)!
}

/** The same of several users at once. */
export async function creditsOfEach(db: Db | Trx, userIds: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ whose: string; credits: number }>`
    select whose, greatest(0,
      (select coalesce(sum(${keptCredits}), 0) from payments where user_id = whose)
      + (select coalesce(sum(credits), 0) from offline_entries where user_id = whose and ${isKept})
      - (select coalesce(sum(amount), 0) from credit_uses where user_id = whose)
    )::bigint as credits
    from unnest(${userIds}::text[]) as whose
  `.execute(db)
  return new Map(rows.map(({ whose, credits }) => [whose, credits]))
}

/**
 * When a subscription stops to open its plan; undefined when it opens nothing.
 * Active and on trial: at the end of the period, and the grace that a late renewal has. Past due: at the end of the grace.
 */
export function accessEnds(
  subscription: Pick<Selectable<Tables['subscriptions']>, 'status' | 'period_start' | 'period_end' | 'ends_at'>,
): Date | undefined {
  const { status, period_start, period_end, ends_at } = subscription
  if (status === 'active' || status === 'trialing') return ends_at ?? addDays(period_end, GRACE_DAYS)
  return status === 'past_due' ? addDays(period_start, GRACE_DAYS) : undefined
}

/** Passes follow one another: one that is bought while another runs begins where that ends. */
export function passEnds(passes: { paid_at: Date; days: number }[]): Date | undefined {
  const inOrder = passes.toSorted((a, b) => a.paid_at.getTime() - b.paid_at.getTime())
  return inOrder.reduce<Date | undefined>((end, { paid_at, days }) => {
    return addDays(end && end > paid_at ? end : paid_at, days)
  }, undefined)
}

/** For queries of payments: what a customer has not asked to be refunded (see refund-claims.ts). */
const isNotClaimed = sql<boolean>`not exists (select from refund_claims where refund_claims.payment_id = payments.id)`

/** For queries of payments: the credits of each that were not taken back, whether used or not. */
export const keptCredits = sql<number>`(case when status <> 'paid' or not (${isNotClaimed}) then 0
  when amount = 0 then credits
  else credits * greatest(0, amount - refunded - disputed) / amount end)`

/** For queries of payments: the passes that count. */
export const isKeptPass = sql<boolean>`(kind = 'pass' and status = 'paid'
  -- Half a pass can't be given back: one that is refunded in full is gone, of others the days stay.
  and (amount = 0 or refunded + disputed < amount) and ${isNotClaimed})`

async function passesOf(db: Db | Trx, keys: string[], whose: Whose) {
  const rows = await db
    .selectFrom('payments')
    .select(['plan', 'paid_at', 'days', whose.payments.as('whose')])
    .where(sql<boolean>`${whose.payments} = any(${keys})`)
    .where(isKeptPass)
    .execute()
  const offline = await db
    .selectFrom('offline_entries')
    .select(['plan', 'received_at as paid_at', 'days', whose.offline_entries.as('whose')])
    .where(sql<boolean>`${whose.offline_entries} = any(${keys})`)
    .where('days', 'is not', null)
    .where(isKept)
    .execute()
  return [...rows, ...offline].map(({ plan, paid_at, days, whose }) => {
    return { plan: plan!, paid_at: paid_at!, days: days ?? 0, whose }
  })
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS)
}
