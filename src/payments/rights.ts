import { type Selectable, sql } from 'kysely'
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
  const [credits, passes, subscriptions] = [
    await creditsOf(db, userId),
    await passesOf(db, userId),
    await db.selectFrom('subscriptions').selectAll().where('user_id', '=', userId).where(isNotDisputed).execute(),
  ]
  const ends = new Map<string, Date>()
  const open = (plan: string | null, until: Date | undefined) => {
    if (plan && until && until > at && until > (ends.get(plan) ?? at)) ends.set(plan, until)
  }
  for (const subscription of subscriptions) open(subscription.plan, accessEnds(subscription))
  for (const plan of new Set(passes.map((pass) => pass.plan))) {
    open(plan, passEnds(passes.filter((pass) => pass.plan === plan)))
  }
  return { plans: [...ends].map(([plan, until]) => ({ plan, until })), credits }
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
  const { rows } = await sql<{ credits: number }>`
    select greatest(0,
      (select coalesce(sum(${keptCredits}), 0) from payments where user_id = ${userId})
      + (select coalesce(sum(credits), 0) from offline_entries where user_id = ${userId} and ${isKept})
      - (select coalesce(sum(amount), 0) from credit_uses where user_id = ${userId})
    )::bigint as credits
  `.execute(db)
  return rows[0]!.credits
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

async function passesOf(db: Db | Trx, userId: string) {
  const rows = await db
    .selectFrom('payments')
    .select(['plan', 'paid_at', 'days'])
    .where('user_id', '=', userId)
    .where(isKeptPass)
    .execute()
  const offline = await db
    .selectFrom('offline_entries')
    .select(['plan', 'received_at as paid_at', 'days'])
    .where('user_id', '=', userId)
    .where('days', 'is not', null)
    .where(isKept)
    .execute()
  return [...rows, ...offline].map(({ plan, paid_at, days }) => ({ plan: plan!, paid_at: paid_at!, days: days ?? 0 }))
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS)
}
