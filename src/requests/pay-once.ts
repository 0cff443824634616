import Stripe from 'stripe'
import type { Db } from '../db/connection.ts'
import type { Locale } from '../locales.ts'
import { type CheckoutDeps, createCheckout } from '../payments/checkout.ts'
import { checkoutState } from '../payments/checkout-state.ts'
import { type SyncDeps, sync } from '../payments/sync.ts'
import { type PaymentRequest, requestOf } from './request.ts'

export type PayDeps = CheckoutDeps & SyncDeps

/**
 * The address at Stripe where a request is paid; undefined when it can't be paid now: its state says why.
 *
 * A request is paid once. Stripe lets one Checkout Session be paid once, so everybody is sent to the one session that the
 * request's row names. Another takes its place only after Stripe has said that the former can't be paid any more, and only
 * if the row still names the former. What was made in vain is closed, and nobody has seen it.
 *
 * Throws Stripe's errors, and those of `beforeAsking`, which is called before Stripe is asked anything.
 */
export async function payPage(
  deps: PayDeps,
  id: string,
  locale: Locale,
  beforeAsking: () => Promise<void>,
): Promise<string | undefined> {
  let isAsked = false
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const request = await requestOf(deps.db, id)
    if (request?.state !== 'open') return undefined
    if (!isAsked) await beforeAsking()
    isAsked = true
    const now = request.sessionId
      ? await checkoutState(deps, request.sessionId, async () => {})
      : { state: 'failed' as const }
    if (now?.state === 'open') return now.payUrl
    // Paid or on its way; the tables know it by now.
    if (now && now.state !== 'failed') return undefined
    await openSession(deps, request, locale)
  }
  throw new Error(`the session of request ${id} changes faster than we can follow`)
}

/**
 * Cancels a request that is open, after closing its page at Stripe. Whoever has paid by then has paid: look at its state.
 * Throws Stripe's errors; then nothing is cancelled.
 */
export async function cancelRequest(deps: PayDeps, id: string): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const request = await requestOf(deps.db, id)
    if (request?.state !== 'open') return
    if (request.sessionId) await close(deps, request.sessionId)
    const after = await requestOf(deps.db, id)
    if (after?.state !== 'open') return
    if (await change(deps.db, request, { cancelled_at: new Date() })) return
  }
  throw new Error(`the session of request ${id} changes faster than we can follow`)
}

const MOST_TRIES = 8

async function openSession(deps: PayDeps, request: PaymentRequest, locale: Locale): Promise<void> {
  const session = await create(deps, request, locale).catch((error) => {
    // Somebody else is opening it this very moment: the next look finds theirs.
    if (error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode === 409) return undefined
    throw error
  })
  if (!session) return
  if (await change(deps.db, request, { session_id: session.id })) return
  const now = await requestOf(deps.db, request.id)
  if (now?.sessionId !== session.id || now.cancelledAt) await close(deps, session.id)
}

/**
 * Two who open it at once get one and the same session where they can: the key is that of the session before. No payer is
 * named, since others may come to the same page. The receipt speaks the language of whoever opened it.
 */
function create(deps: PayDeps, request: PaymentRequest, locale: Locale) {
  const { id, money, description, sessionId, expiresAt } = request
  return createCheckout(deps, {
    kind: 'request',
    request: id,
    description,
    money,
    locale,
    cancelPath: `/pay/${id}`,
    requestId: `request:${id}:${sessionId ?? ''}`,
    expiresAt: sessionEnd(expiresAt, Date.now()),
  })
}

const MINUTE = 60_000

/**
 * A page at Stripe stays open for a day, and no longer than the request, except that Stripe gives none less than half an
 * hour: one that was opened in the last half-hour of a request can be paid for so long, and that counts.
 */
function sessionEnd(expiresAt: Date | null, now: number): Date | undefined {
  if (!expiresAt || expiresAt.getTime() >= now + 24 * 60 * MINUTE) return undefined
  // A minute more, for clocks that differ.
  return new Date(Math.max(expiresAt.getTime(), now + 31 * MINUTE))
}

/** False when the request was cancelled, or got another session, since it was read. */
async function change(
  db: Db,
  { id, sessionId }: PaymentRequest,
  set: { session_id: string } | { cancelled_at: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('payment_requests')
    .set(set)
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .where('session_id', 'is not distinct from', sessionId)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Nobody can pay this session any more. If somebody has, that is in our tables afterwards. */
async function close({ stripe, ...deps }: PayDeps, sessionId: string): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(sessionId)
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    // It is not open: complete, or expired before.
    await sync({ stripe, ...deps }, sessionId)
  }
}
