import type { Trx } from '../db/connection.ts'
import { creditsOf } from './rights.ts'

export type CreditTaken = { taken: true; again: boolean } | { taken: false }

/**
 * Takes one credit of a user for `reason`, inside the transaction of what it pays for. Takers of one user wait for each
 * other, so credits never go below zero. The same `idempotencyKey` takes once, ever: `again` says that it did before.
 */
export async function takeCredit(
  trx: Trx,
  userId: string,
  reason: string,
  idempotencyKey: string,
): Promise<CreditTaken> {
  const used = await use(trx, userId, 1, reason, idempotencyKey)
  return used ? { taken: true, again: used.again } : { taken: false }
}

export type CreditsAdjusted = { adjusted: true; again: boolean; id: number } | { adjusted: false; left: number }

/**
 * The owner gives a user credits, or with a negative `amount` takes some, for `reason`: all that is asked or nothing, so
 * they never go below zero. The same `idempotencyKey` does so once, ever; it begins with OWNER, and `id` is that of the
 * row in credit_uses. Throws for an unknown user, and for 0 or what is no whole number.
 */
export async function adjustCredits(
  trx: Trx,
  userId: string,
  amount: number,
  reason: string,
  idempotencyKey: `${typeof OWNER}${string}`,
): Promise<CreditsAdjusted> {
  if (!Number.isSafeInteger(amount) || amount === 0) throw new RangeError(`${amount} is no number of credits`)
  const used = await use(trx, userId, -amount, reason, idempotencyKey)
  return used ? { adjusted: true, ...used } : { adjusted: false, left: await creditsOf(trx, userId) }
}

/** How the keys of the owner's adjustments begin, and no others. */
export const OWNER = 'owner:'

/** Undefined when there are not so many. */
async function use(
  trx: Trx,
  userId: string,
  amount: number,
  reason: string,
  idempotencyKey: string,
): Promise<{ id: number; again: boolean } | undefined> {
  await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow()
  const before = await trx
    .selectFrom('credit_uses')
    .select('id')
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst()
  if (before) return { id: before.id, again: true }
  if (amount > 0 && (await creditsOf(trx, userId)) < amount) return undefined
  const { id } = await trx
    .insertInto('credit_uses')
    .values({ user_id: userId, amount, reason, idempotency_key: idempotencyKey })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, again: false }
}
