import { sha256 } from '../auth/tokens.ts'
import type { Db } from '../db/connection.ts'
import { adjustCredits, type CreditsAdjusted, OWNER } from '../payments/credits.ts'
import type { CreditForm } from './form.ts'

/** Gives or takes what the form says, once. Undefined when nobody has proved that address. */
export async function adjust(
  db: Db,
  { email, amount, reason, request }: CreditForm,
): Promise<CreditsAdjusted | undefined> {
  return db.transaction().execute(async (trx) => {
    const user = await trx
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      // Anybody can type an address; what is given should reach its reader.
      .where('email_verified_at', 'is not', null)
      .forUpdate()
      .executeTakeFirst()
    // The same page sent with something else in it is another adjustment.
    const key = `${OWNER}${sha256(JSON.stringify([request, amount, reason]))}` as const
    return user && adjustCredits(trx, user.id, amount, reason, key)
  })
}

/** The owner's latest adjustments, of everybody or of one user, the newest first. */
export async function latestAdjustments(db: Db, limit: number, userId?: string) {
  const rows = await db
    .selectFrom('credit_uses as c')
    .innerJoin('users as u', 'u.id', 'c.user_id')
    .select(['c.id', 'c.user_id as userId', 'u.email', 'c.amount', 'c.reason', 'c.created_at as at'])
    .where('c.idempotency_key', 'like', `${OWNER}%`)
    .$if(userId !== undefined, (query) => query.where('c.user_id', '=', userId!))
    .orderBy('c.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ amount, ...row }) => ({ ...row, given: -amount }))
}
export type Adjustment = Awaited<ReturnType<typeof latestAdjustments>>[number]
