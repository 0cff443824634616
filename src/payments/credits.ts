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
  await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow()
  const before = await trx
    .selectFrom('credit_uses')
    .select('id')
    .where('user_id', '=', userId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst()
  if (before) return { taken: true, again: true }
  if ((await creditsOf(trx, userId)) < 1) return { taken: false }
  await trx
    .insertInto('credit_uses')
    .values({ user_id: userId, amount: 1, reason, idempotency_key: idempotencyKey })
    .execute()
  return { taken: true, again: false }
}
