import { sql } from 'kysely'
import { catalog } from '../catalog.ts'
import type { Db, Trx } from '../db/connection.ts'
import { queueRefundRefused } from './money-mails.ts'
import { type Refusal, refund } from './refund.ts'
import { creditsOf } from './rights.ts'
import type { SyncDeps } from './sync.ts'

/**
 * What a user may take back without asking anybody, by what the catalog's `refunds` says: paid lately, not dear, unused, and
 * nothing has become of it yet. docs/refunds.md gives the reasons.
 */
export async function refundablePayments(db: Db | Trx, userId: string) {
  const { refunds } = catalog
  if (!refunds) return []
  const payments = await db
    .selectFrom('payments')
    .select(['id', 'kind', 'description', 'amount', 'currency', 'credits', 'days', 'plan', 'paid_at'])
    .where('user_id', '=', userId)
    .where('status', '=', 'paid')
    .where('kind', 'in', ['tip', 'purchase', 'pass'])
    .where('refunded', '=', 0)
    .where('amount', '>', 0)
    .where('paid_at', '>', sql<Date>`now() - make_interval(days => ${refunds.days}::int)`)
    .where(isUntouched)
    .execute()
  if (payments.length === 0) return []
  const credits = await creditsOf(db, userId)
  const before = await givenBack(db, userId)
  if (before.lately >= MOST_IN_A_YEAR) return []
  return (
    payments
      .filter(({ amount, currency }) =>
        refunds.upTo.some((most) => most.currency === currency && amount <= most.amount),
      )
      .filter((payment) => payment.credits <= credits)
      // Of a purchase that opens neither, only your service knows whether it was used.
      .filter(({ kind, credits, days }) =>
        kind === 'tip' ? !before.tip : credits > 0 || (days !== null && !before.pass),
      )
  )
}

/** Stripe keeps its fee of each, so that whoever makes a habit of it has to ask. */
const MOST_IN_A_YEAR = 3

const isUntouched = sql<boolean>`not exists (select from refunds where payment_id = payments.id)
  and not exists (select from disputes where payment_id = payments.id)
  and not exists (select from refund_claims where payment_id = payments.id)`

/**
 * What a person has taken back by themselves: how often in a year, and whether ever a pass (days can't be seen to be unused)
 * or a tip. Whoever pays with the same card or wallet is the same person, whatever account or address they do it from.
 */
async function givenBack(db: Db | Trx, userId: string): Promise<{ lately: number; pass: boolean; tip: boolean }> {
  const { rows } = await sql<{ lately: number; pass: boolean; tip: boolean }>`
    with theirs as (
      select id, kind, days from payments where user_id = ${userId}
      union
      select id, kind, days from payments where email = (select email from users where id = ${userId})
      union
      select id, kind, days from payments
        where fingerprint in (select fingerprint from payments where user_id = ${userId})
    ), back as (
      select kind, days, created_at from theirs join refunds on payment_id = theirs.id and asked_by = 'customer'
      union all
      select kind, days, created_at from theirs join refund_claims on payment_id = theirs.id
    )
    select count(*) filter (where created_at > now() - interval '1 year') as lately,
      coalesce(bool_or(days is not null), false) as pass, coalesce(bool_or(kind = 'tip'), false) as tip
    from back
  `.execute(db)
  return rows[0]!
}

/**
 * Marks a payment to be given back: from here on what it opened is gone. Waits for whoever takes a credit of that user, so
 * that nobody gets both. False when it can't be taken back, or not any more.
 */
export async function claimRefund(db: Db, userId: string, paymentId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow()
    const isRefundable = (await refundablePayments(trx, userId)).some(({ id }) => id === paymentId)
    if (isRefundable) {
      await trx.insertInto('refund_claims').values({ payment_id: paymentId, user_id: userId }).execute()
    }
    return isRefundable
  })
}

/**
 * Has Stripe give back what was claimed, and drops the claim; when Stripe refuses, what was bought is there again. While
 * Stripe does not answer the claim stays, and is worked on each minute. The owner is told then. Says why it is not done; 'unclaimed' when nothing is
 * left to do here.
 */
export async function finishRefund(deps: SyncDeps, paymentId: string): Promise<Refusal | 'done' | 'unclaimed'> {
  const claim = await deps.db
    .selectFrom('refund_claims as c')
    .innerJoin('payments as p', 'p.id', 'c.payment_id')
    .selectAll('p')
    .select('c.created_at as claimed_at')
    .where('c.payment_id', '=', paymentId)
    .executeTakeFirst()
  if (!claim) return 'unclaimed'
  const { amount, currency, claimed_at } = claim
  const refusal = await refund(deps, {
    paymentId,
    money: { amount, currency },
    reason: 'requested_by_customer',
    askedBy: 'customer',
    // Stripe says again what it said under a key: who claims again, after a refusal, asks anew.
    idempotencyKey: `refund-claim:${paymentId}:${claimed_at.getTime()}`,
  })
  if (refusal?.why === 'down' || refusal?.why === 'busy') return refusal
  const isDone = !refusal || refusal.why === 'refunded'
  await deps.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('refund_claims').where('payment_id', '=', paymentId).execute()
    if (!isDone) await queueRefundRefused(deps, trx, claim, refusal.said)
  })
  if (isDone) return 'done'
  deps.jobs.wake('mail')
  return refusal
}

const MOST = 50

/** The claims that nobody is at work on, each for itself. Throws what the first of those that went wrong threw, at the end. */
export async function finishRefunds(deps: SyncDeps): Promise<void> {
  const claims = await deps.db
    .selectFrom('refund_claims')
    .select('payment_id')
    .where('created_at', '<', sql<Date>`now() - interval '1 minute'`)
    .orderBy('created_at')
    .limit(MOST)
    .execute()
  const failed: unknown[] = []
  for (const { payment_id } of claims) await finishRefund(deps, payment_id).catch((error) => failed.push(error))
  if (failed.length > 0) throw failed[0]
}
