import type { Context } from 'hono'
import type { AccountNoticeProps } from '../../emails/index.ts'
import { catalog } from '../catalog.ts'
import type { Trx } from '../db/connection.ts'
import { languageOf } from '../mail/language.ts'
import { queueMail } from '../mail/outbox.ts'
import { accountOfProvedEmail, endSessions, setPassword } from './accounts.ts'
import { hashPassword } from './passwords.ts'
import type { Proof } from './proofs.ts'
import { type AuthDeps, signIn } from './sign-in.ts'

/** Does what a proved address allows, and signs its reader in. `password` is the new one, at a reset. */
export async function redeem(
  c: Context,
  deps: AuthDeps,
  proof: Proof,
  { method, password }: { method: 'link' | 'code'; password?: string | undefined },
) {
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const userId = await deps.db
    .transaction()
    .execute((trx) => {
      if (proof.purpose === 'change-email') return changeEmail(deps, trx, proof)
      return proof.purpose === 'reset' && passwordHash
        ? resetPassword(deps, trx, proof, passwordHash)
        : openAccount(trx, proof)
    })
    .catch((error) => {
      // Two accounts changed to one address at once: the other was first.
      if (proof.purpose === 'change-email' && error.code === UNIQUE_VIOLATION) return undefined
      throw error
    })
  deps.jobs.wake('mail')
  deps.jobs.wake('customer-email')
  if (!userId) return c.redirect('/account?said=email-unchanged', 303)
  return (await signIn(c, deps, { id: userId, method, returnTo: proof.returnTo })) ?? c.redirect('/sign-in', 303)
}

const UNIQUE_VIOLATION = '23505'

async function openAccount(trx: Trx, proof: Proof): Promise<string> {
  const { id } = await accountOfProvedEmail(trx, proof.email)
  // In another browser the password may be somebody else's, who signed up with this address and waits.
  if (proof.purpose === 'sign-up' && proof.passwordHash && proof.sameBrowser) {
    await trx
      .updateTable('users')
      .set({ password_hash: proof.passwordHash })
      .where('id', '=', id)
      .where('password_hash', 'is', null)
      .execute()
  }
  return id
}

async function resetPassword(deps: AuthDeps, trx: Trx, proof: Proof, passwordHash: string): Promise<string> {
  const { id } = await accountOfProvedEmail(trx, proof.email)
  await setPassword(trx, id, passwordHash)
  await notify(deps, trx, { id, email: proof.email }, { what: 'password-changed' })
  return id
}

/** Undefined, and nothing is changed, when the address has an account of its own by now, or in another browser. */
async function changeEmail(
  deps: AuthDeps,
  trx: Trx,
  { userId, email, sameBrowser }: Proof,
): Promise<string | undefined> {
  // With a typo in the new address the link went to a stranger, who must not get in by it.
  if (!userId || !sameBrowser) return undefined
  const user = await trx.selectFrom('users').select('email').where('id', '=', userId).forUpdate().executeTakeFirst()
  const taken = await trx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  if (!user || taken) return undefined
  await trx.updateTable('users').set({ email, email_verified_at: new Date() }).where('id', '=', userId).execute()
  // Their mail and their proofs were under the old address.
  await trx.updateTable('mails').set({ user_id: userId }).where('recipient', '=', user.email).execute()
  await trx.deleteFrom('email_proofs').where('email', '=', user.email).where('purpose', '!=', 'owner').execute()
  await endSessions(trx, userId)
  await deps.jobs.enqueue(trx, 'customer-email', { userId })
  for (const to of [user.email, email]) {
    await notify(deps, trx, { id: userId, email: to }, { what: 'email-changed', newEmail: email })
  }
  return userId
}

/** Tells a person by mail what changed in their account. */
export async function notify(
  { jobs, config }: Pick<AuthDeps, 'jobs' | 'config'>,
  trx: Trx,
  to: { id: string; email: string; locale?: string | null },
  notice: { what: AccountNoticeProps['what']; newEmail?: string },
): Promise<void> {
  const locale = await languageOf(trx, { userId: to.id }, to.locale ?? config.locale)
  const props = { ...notice, resetUrl: `${config.baseUrl}/reset-password`, locale, shopName: catalog.name[locale] }
  await queueMail(jobs, trx, {
    key: `${notice.what}:${crypto.randomUUID()}`,
    to: to.email,
    userId: to.id,
    message: { template: 'account-notice', props },
  })
}
