import type { Db, Trx } from '../db/connection.ts'
import { accountOfProvedEmail } from './accounts.ts'
import type { Identity, ProviderName } from './oauth.ts'
import { notify } from './redeem.ts'
import type { AuthDeps } from './sign-in.ts'

/**
 * Why an identity opens no account. `unverified`: its provider does not vouch for an address. `taken`: it belongs to
 * somebody else here. `another`: the account has another identity of that provider.
 */
export type IdentityProblem = 'unverified' | 'taken' | 'another'
export type IdentityResult = { userId: string; problem?: undefined } | { problem: IdentityProblem }
type Deps = Pick<AuthDeps, 'jobs' | 'config'>

/** Whose identity this is: the account it is linked to, or else the one of its verified address, made when there is none. */
export async function accountOfIdentity(deps: Deps, trx: Trx, identity: Identity): Promise<IdentityResult> {
  const known = await linkedTo(trx, identity)
  if (known) return { userId: known }
  if (!identity.email || !identity.emailVerified) return { problem: 'unverified' }
  const { id, isNew } = await accountOfProvedEmail(trx, identity.email)
  return isNew ? insertLink(trx, id, identity) : linkIdentity(deps, trx, id, identity)
}

/** Links an identity to an account and tells its reader by mail. Linking what is linked already does nothing. */
export async function linkIdentity(deps: Deps, trx: Trx, userId: string, identity: Identity): Promise<IdentityResult> {
  if ((await linkedTo(trx, identity)) === userId) return { userId }
  const result = await insertLink(trx, userId, identity)
  if (result.problem) return result
  const { email } = await trx.selectFrom('users').select('email').where('id', '=', userId).executeTakeFirstOrThrow()
  await notify(deps, trx, { id: userId, email }, { what: `${identity.provider}-linked` })
  return result
}

async function insertLink(trx: Trx, userId: string, identity: Identity): Promise<IdentityResult> {
  const { provider, providerUserId, email } = identity
  const added = await trx
    .insertInto('oauth_accounts')
    .values({ provider, provider_user_id: providerUserId, user_id: userId, email: email ?? '' })
    // Another request may have done it since we looked.
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst()
  const owner = added?.user_id ?? (await linkedTo(trx, identity))
  if (owner === userId) return { userId }
  return { problem: owner ? 'taken' : 'another' }
}

async function linkedTo(trx: Trx, { provider, providerUserId }: Identity): Promise<string | undefined> {
  const row = await trx
    .selectFrom('oauth_accounts')
    .select('user_id')
    .where('provider', '=', provider)
    .where('provider_user_id', '=', providerUserId)
    .executeTakeFirst()
  return row?.user_id
}

/** The identities that are linked to an account, oldest first. */
export function identitiesOf(db: Db, userId: string) {
  return db
    .selectFrom('oauth_accounts')
    .select(['provider', 'email', 'created_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .execute()
}

/** The account keeps its other ways in; a mail with a link always is one. */
export async function unlinkProvider(
  trx: Trx,
  { userId, sessionHash }: { userId: string; sessionHash: string },
  provider: ProviderName,
): Promise<void> {
  await trx.deleteFrom('oauth_accounts').where('user_id', '=', userId).where('provider', '=', provider).execute()
  // Whoever unlinks because the other account is in strange hands wants those hands out.
  await trx
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('method', '=', provider)
    .where('id', '!=', sessionHash)
    .execute()
}
