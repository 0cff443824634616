import type { Config } from '../config.ts'
import type { Db, Trx } from '../db/connection.ts'
import { CHALLENGE_MINUTES, newChallenge, takeChallenge } from './passkey-challenges.ts'
import type { NewPasskeyResponse, SignInResponse } from './passkey-forms.ts'
import { passkeyName } from './passkey-names.ts'

export const MOST_PASSKEYS = 20

/** Why a passkey was not taken. A sign-in does not say more than that: whose it might have been, nobody learns. */
export type PasskeyProblem = 'expired' | 'refused'

// EdDSA, ES256, RS256. The library also offers ML-DSA-44, which Node calls experimental: such a key might outlive it.
const ALGORITHMS = [-8, -7, -257]

type Site = Pick<Config, 'baseUrl'>

/** A person's passkeys, the newest first. */
export function passkeysOf(db: Db, userId: string) {
  return db
    .selectFrom('passkeys')
    .select(['id', 'name', 'transports', 'created_at', 'last_used_at'])
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .execute()
}

/** Whether to offer a passkey to the owner, who has most to lose to whoever reads their mail. */
export async function ownerNeedsPasskey(db: Db, userId: string): Promise<boolean> {
  const one = await db.selectFrom('passkeys').select('id').where('user_id', '=', userId).limit(1).executeTakeFirst()
  return one === undefined
}

/** What the browser needs to make a new passkey, and what it keeps in its cookie meanwhile. */
export async function newPasskeyOptions(
  db: Db,
  { baseUrl, shopName, user }: Site & { shopName: string; user: { userId: string; email: string } },
) {
  const { generateRegistrationOptions } = await library()
  const { challenge, browser } = await newChallenge(db, user.userId)
  const options = await generateRegistrationOptions({
    rpName: shopName,
    rpID: rpId(baseUrl),
    userID: new TextEncoder().encode(user.userId),
    userName: user.email,
    userDisplayName: user.email,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: CHALLENGE_MINUTES * 60_000,
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: (await passkeysOf(db, user.userId)).map(({ id, transports }) => ({ id, transports })),
    // Discoverable: it signs in without an email being typed.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { options, browser }
}

/** The passkey that a device has made, verified and ready to be kept. Uses the browser's challenge up. */
export async function verifyNewPasskey(
  db: Db,
  site: Site,
  answer: { userId: string; browser: string | undefined; response: NewPasskeyResponse; userAgent: string | undefined },
): Promise<NewPasskey | PasskeyProblem> {
  const { verifyRegistrationResponse } = await library()
  const expectedChallenge = await takeChallenge(db, answer.browser, answer.userId)
  if (!expectedChallenge) return 'expired'
  const { response } = answer
  if (await hasCertificates(response.response.attestationObject)) return 'refused'
  const verified = await orUndefined(() =>
    verifyRegistrationResponse({ response, expectedChallenge, supportedAlgorithmIDs: ALGORITHMS, ...expected(site) }),
  )
  if (!verified?.verified) return 'refused'
  const { credential, aaguid } = verified.registrationInfo
  return {
    id: credential.id,
    user_id: answer.userId,
    public_key: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: response.response.transports,
    name: passkeyName(aaguid, answer.userAgent),
  }
}

interface NewPasskey {
  id: string
  user_id: string
  public_key: Buffer
  counter: number
  transports: string[]
  name: string
}

/** False when it is known already, whoever has it. */
export async function keepPasskey(trx: Trx, passkey: NewPasskey): Promise<boolean> {
  const kept = await trx
    .insertInto('passkeys')
    .values(passkey)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  return kept !== undefined
}

/** False when it is not this person's, or gone. */
export async function removePasskey(trx: Trx, { userId, id }: { userId: string; id: string }): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** What the browser needs to find a passkey: the same for everybody, since nobody has said yet who they are. */
export async function signInOptions(db: Db, { baseUrl }: Site) {
  const { generateAuthenticationOptions } = await library()
  const { challenge, browser } = await newChallenge(db, null)
  const options = await generateAuthenticationOptions({
    rpID: rpId(baseUrl),
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: CHALLENGE_MINUTES * 60_000,
    userVerification: 'required',
  })
  return { options, browser }
}

/** Who signs in. Uses the browser's challenge up. */
export async function verifySignIn(
  db: Db,
  site: Site,
  { browser, response }: { browser: string | undefined; response: SignInResponse },
): Promise<{ userId: string } | PasskeyProblem> {
  const { verifyAuthenticationResponse } = await library()
  const expectedChallenge = await takeChallenge(db, browser, null)
  if (!expectedChallenge) return 'expired'
  const passkey = await db.selectFrom('passkeys').selectAll().where('id', '=', response.id).executeTakeFirst()
  if (!passkey || !isHandleOf(passkey.user_id, response.response.userHandle)) return 'refused'
  const { id, counter, transports } = passkey
  const credential = { id, counter, transports, publicKey: new Uint8Array(passkey.public_key) }
  const verified = await orUndefined(() =>
    verifyAuthenticationResponse({ response, expectedChallenge, credential, ...expected(site) }),
  )
  if (!verified?.verified) return 'refused'
  const isCounted = await countUse(db, id, verified.authenticationInfo.newCounter)
  return isCounted ? { userId: passkey.user_id } : 'refused'
}

/** A counter that does not grow is a copied key; many devices don't count and always say 0. */
async function countUse(db: Db, id: string, counter: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('passkeys')
    .set({ counter, last_used_at: new Date() })
    .where('id', '=', id)
    .where((row) => (counter === 0 ? row('counter', '=', 0) : row('counter', '<', counter)))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

// Required, not preferred: a passkey is the whole sign-in, so a found security key or unlocked laptop must not be enough.
function expected({ baseUrl }: Site) {
  return { expectedOrigin: baseUrl, expectedRPID: rpId(baseUrl), requireUserVerification: true }
}

const rpId = (baseUrl: string) => new URL(baseUrl).hostname

const isHandleOf = (userId: string, handle: string | undefined) =>
  handle === undefined || Buffer.from(handle, 'base64url').equals(Buffer.from(userId))

/**
 * We ask for no attestation, and then a browser sends no certificates. Whoever sends some anyway could have the library
 * follow the addresses of revocation lists inside them.
 */
async function hasCertificates(attestationObject: string): Promise<boolean> {
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers')
  const hasNone = await orUndefined(() => {
    const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
    const format = decoded.get('fmt')
    return format === 'none' || (format === 'packed' && !decoded.get('attStmt').get('x5c'))
  })
  return !hasNone
}

/** The library says no by throwing, and it throws whatever bad input makes it stumble over. */
async function orUndefined<T>(parse: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await parse()
  } catch {
    return undefined
  }
}

/** Loaded with the first passkey: a start need not wait for it. */
const library = () => import('@simplewebauthn/server')
