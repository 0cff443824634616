import { sql } from 'kysely'
import type { SignedIn } from '../auth/lucia.ts'
import { randomToken, sha256 } from '../auth/tokens.ts'
import type { Db, Trx } from '../db/connection.ts'
import type { ClaimState } from '../db/tables.ts'
import type { Locale } from '../locales.ts'
import { forgetPayer } from '../payments/forget-payer.ts'
import { isKept, isOpenClaim, recordEntry } from '../payments/offline-entries.ts'
import { isPaidBy } from '../payments/paid-by.ts'
import { type Choice, nameOfChoice } from './choices.ts'
import { deleteClaimMails, mailClaim, mailRefusal } from './claim-mails.ts'
import { type OfflineDeps, paidFacts } from './entries.ts'

export const MOST_OPEN = 3
/** Of guests together: above it, the owner would not find the real ones among the others. */
const MOST_OPEN_OF_GUESTS = 50

export type NotClaimed = 'too-many' | 'crowded' | 'code-used'

interface Claimed {
  choice: Choice
  code: string
  email: string
  /** Whose proved address it is, when they are signed in. */
  userId: string | undefined
  name: string | undefined
  message: string | undefined
  /** They want to be named on the supporters' page. */
  onWall: boolean
  locale: Locale
}

/**
 * Writes down that somebody says they have paid, once for each form and what is in it. A code is claimed once: it stands in
 * the note of one transfer.
 */
export async function makeClaim(deps: OfflineDeps, claimed: Claimed): Promise<{ id: string } | NotClaimed> {
  const { choice, code, email, userId = null, name = null, message = null, onWall, locale } = claimed
  const { money, price } = choice
  const form_hash = sha256(JSON.stringify([code, choice.key, money, email, name, message, onWall]))
  const outcome = await deps.db.transaction().execute(async (trx) => {
    // One after the other: counted is what is there.
    await sql`select pg_advisory_xact_lock(hashtext('offline claim'))`.execute(trx)
    const before = await trx
      .selectFrom('offline_claims')
      .select('id')
      .where('form_hash', '=', form_hash)
      .executeTakeFirst()
    if (before) return before
    if (await isClaimed(trx, code)) return 'code-used'
    if ((await countOpen(trx, { email, userId })) >= MOST_OPEN) return 'too-many'
    if (!userId && (await countOpen(trx, { userId })) >= MOST_OPEN_OF_GUESTS) return 'crowded'
    const claim = await trx
      .insertInto('offline_claims')
      .values({
        id: randomToken(),
        form_hash,
        code,
        email,
        user_id: userId,
        name,
        message,
        on_wall: onWall,
        request_id: choice.request?.requestId ?? null,
        ...money,
        description: nameOfChoice(choice, locale),
        price_key: price?.key ?? null,
        credits: price?.credits ?? 0,
        plan: price?.days ? (price.product.plan ?? null) : null,
        days: price?.days ?? null,
        locale,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await mailClaim(deps, trx, claim)
    return { id: claim.id }
  })
  deps.jobs.wake('mail')
  return outcome
}

/** A stranger's claims under somebody's address don't count against its owner, once they are signed in. */
async function countOpen(trx: Trx, { email, userId }: { email?: string; userId: string | null }): Promise<number> {
  const open = trx
    .selectFrom('offline_claims')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', 'is not distinct from', userId)
    .where(isOpenClaim)
  const { count } = await (email === undefined ? open : open.where('email', '=', email)).executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * The owner's word, once: later ones change nothing. Confirming makes the entry and opens what was paid for, in the same
 * transaction. Returns the state it is in now; undefined when there is no such claim.
 */
export async function decide(
  deps: OfflineDeps,
  id: string,
  decision: 'confirmed' | 'refused',
): Promise<ClaimState | undefined> {
  const state = await deps.db.transaction().execute(async (trx) => {
    const claim = await trx.selectFrom('offline_claims').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (claim?.state !== 'open') return claim?.state
    const decided_at = new Date()
    await trx.updateTable('offline_claims').set({ state: decision, decided_at }).where('id', '=', id).execute()
    const email = await emailOf(trx, claim)
    if (decision === 'confirmed') {
      const { id: _id, form_hash, code, user_id, state, created_at, decided_at: _open, ...paid } = claim
      // A pass begins now: its payer has waited for us.
      await recordEntry(deps, trx, { ...paid, key: `claim:${id}`, email, received_at: decided_at })
    } else if (email) {
      await mailRefusal(deps, trx, { ...claim, email })
    }
    return decision
  })
  deps.jobs.wake('mail')
  return state
}

/** Of an account, the address that it has by now. */
async function emailOf(trx: Trx, { email, user_id }: { email: string | null; user_id: string | null }) {
  if (user_id === null) return email
  const user = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', user_id)
    .where('email_verified_at', 'is not', null)
    .executeTakeFirst()
  return user?.email ?? email
}

export function readClaim(db: Db, id: string) {
  return db
    .selectFrom('offline_claims')
    .select(['id', 'code', 'email', 'description', 'amount', 'currency', 'price_key', 'created_at'])
    .select(
      sql<ClaimState | 'expired'>`case when state = 'open' and not ${isOpenClaim} then 'expired' else state end`.as(
        'state',
      ),
    )
    .where('id', '=', id)
    .executeTakeFirst()
}

export type Claim = NonNullable<Awaited<ReturnType<typeof readClaim>>>

/** Whether a code is spent: whoever pays again needs another. */
export async function isClaimed(db: Db | Trx, code: string): Promise<boolean> {
  const claim = await db.selectFrom('offline_claims').select('id').where('code', '=', code).executeTakeFirst()
  return claim !== undefined
}

/** It is for a request that was paid, is said to be paid by others too, or was cancelled: such money is to be given back. */
const isTooMuch = sql<boolean>`(request_id is not null and (
  exists (select from payment_requests r where r.id = request_id and r.cancelled_at is not null)
  or exists (select from offline_entries where offline_entries.request_id = offline_claims.request_id and ${isKept})
  or exists (select from offline_claims o where o.request_id = offline_claims.request_id and o.id <> offline_claims.id and o.state = 'open')
))`

/** What waits for the owner: those of accounts first, then the oldest. */
export function openClaims(db: Db) {
  return db
    .selectFrom('offline_claims')
    .select(['id', 'code', 'email', 'name', 'message', 'description', 'amount', 'currency', 'credits', 'plan', 'days'])
    .select(['created_at', isTooMuch.as('isTooMuch')])
    .where(isOpenClaim)
    .orderBy(sql`user_id is null`)
    .orderBy('created_at')
    .orderBy('id')
    .limit(100)
    .execute()
}

export type OpenClaim = Awaited<ReturnType<typeof openClaims>>[number]

export async function countOpenClaims(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('offline_claims')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(isOpenClaim)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** For the download of one's own data. */
export function ownClaims(db: Db, payer: { id: string; email: string }) {
  return db
    .selectFrom('offline_claims')
    .select(['code', ...paidFacts])
    .select(['state', 'created_at as claimedAt', 'decided_at as decidedAt'])
    .where(isPaidBy(payer))
    .orderBy('created_at')
    .execute()
}

/** Takes email and name off a person's claims, and closes those that are open: nothing could open for them any more. */
export async function forgetClaims(trx: Trx, { userId, email, emailVerified }: SignedIn): Promise<void> {
  const payer = { id: userId, email: emailVerified ? email : '' }
  const claims = await trx
    .updateTable('offline_claims')
    .set({
      email: null,
      name: null,
      message: null,
      on_wall: false,
      state: sql<ClaimState>`case when state = 'open' then 'closed' else state end`,
      decided_at: sql<Date>`coalesce(decided_at, now())`,
    })
    .where(isPaidBy(payer))
    .returning('id')
    .execute()
  await deleteClaimMails(
    trx,
    claims.map(({ id }) => id),
  )
  // One may have been confirmed since the payments were made anonymous: this waited for it.
  if (emailVerified) await forgetPayer(trx, payer)
}
