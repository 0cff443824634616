import Stripe from 'stripe'
import { sha256 } from '../auth/tokens.ts'
import { isMissing } from '../payments/stripe.ts'
import { type SyncDeps, sync } from '../payments/sync.ts'
import { savedEvidence } from './evidence.ts'
import { type Evidence, evidenceFields } from './form.ts'
import { isOpen, readDispute } from './read.ts'

/** `closed`: the bank waits for nothing any more. `refused`: Stripe's own words, in English. */
export type Answered = 'done' | 'closed' | { refused: string }

/** Keeps evidence at Stripe, where the bank does not see it yet. Throws Stripe's errors while it is away. */
export function saveEvidence(deps: SyncDeps, id: string, evidence: Evidence): Promise<Answered> {
  return whileOpen(deps, id, () => deps.stripe.disputes.update(id, { evidence, submit: false }))
}

/**
 * Hands in what was saved: once, and for good. Throws Stripe's errors while it is away.
 * https://docs.stripe.com/disputes/responding
 */
export function handIn(deps: SyncDeps, id: string): Promise<Answered> {
  return whileOpen(deps, id, (dispute) => {
    const saved = savedEvidence(dispute.evidence)
    const known = evidenceFields.filter((field) => saved[field]).map((field) => [field, saved[field]])
    const evidence: Partial<Evidence> = Object.fromEntries(known)
    const idempotencyKey = sha256(JSON.stringify(['hand-in', id, known, dispute.evidence_details.submission_count]))
    return deps.stripe.disputes.update(id, { evidence, submit: true }, { idempotencyKey })
  })
}

/**
 * Leaves the money to the customer. A subscription that it paid for ends, or the next renewal would be disputed as well.
 * Throws Stripe's errors while it is away.
 */
export function accept(deps: SyncDeps, id: string): Promise<Answered> {
  return whileOpen(deps, id, async () => {
    const subscription = (await readDispute(deps.db, id))?.subscription_id
    if (subscription) await endSubscription(deps, subscription)
    await deps.stripe.disputes.close(id)
  })
}

async function endSubscription(deps: SyncDeps, id: string): Promise<void> {
  // One that has ended already is not found.
  await deps.stripe.subscriptions.cancel(id).catch((error) => {
    if (!isMissing(error)) throw error
  })
  await sync(deps, id)
}

async function whileOpen(
  deps: SyncDeps,
  id: string,
  work: (dispute: Stripe.Dispute) => Promise<unknown>,
): Promise<Answered> {
  const dispute = await deps.stripe.disputes.retrieve(id)
  const answered = isOpen(dispute.status) ? await tried(() => work(dispute)) : 'closed'
  // The page that comes next shows what is so now, and so does one that we had not heard of.
  await sync(deps, id)
  return answered
}

async function tried(work: () => Promise<unknown>): Promise<Answered> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    return { refused: error.message }
  }
}
