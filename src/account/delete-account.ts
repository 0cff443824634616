import type { SignedIn } from '../auth/lucia.ts'
import { notify } from '../auth/redeem.ts'
import { cancelSubscriptions } from '../payments/customers.ts'
import { forgetPayer } from '../payments/forget-payer.ts'
import type { AccountDeps } from './routes.tsx'

/**
 * Deletes an account with everything that hangs on it, after its subscriptions are cancelled at Stripe. Payments stay,
 * without saying whose they are; a last mail confirms. Throws Stripe's errors; then nothing is deleted.
 */
export async function deleteAccount(deps: AccountDeps, user: SignedIn): Promise<void> {
  const { userId, email, emailVerified, locale } = user
  await cancelSubscriptions(deps, { id: userId, email })
  await deps.db.transaction().execute(async (trx) => {
    if (emailVerified) await forgetPayer(trx, { id: userId, email })
    for (const feature of deps.features) await feature.forget?.(trx, user)
    await trx
      .deleteFrom('mails')
      .where(({ or, eb }) => or([eb('recipient', '=', email), eb('user_id', '=', userId)]))
      .execute()
    await trx.deleteFrom('email_proofs').where('email', '=', email).execute()
    const gone = await trx.deleteFrom('users').where('id', '=', userId).returning('id').executeTakeFirst()
    if (gone) await notify(deps, trx, { id: userId, email, locale }, { what: 'account-deleted' })
  })
  deps.jobs.wake('mail')
}
