import type { Db } from '../db/connection.ts'
import { randomToken, sha256 } from './tokens.ts'

export const CHALLENGE_MINUTES = 5

interface NewChallenge {
  /** What the device signs. */
  challenge: string
  /** What the browser keeps in its cookie: without it the challenge is worth nothing. */
  browser: string
}

/** A challenge for a new passkey of this user, or, without one, for a sign-in. A user has one at a time. */
export async function newChallenge(db: Db, userId: string | null): Promise<NewChallenge> {
  const made = { challenge: randomToken(), browser: randomToken() }
  await db
    .deleteFrom('passkey_challenges')
    .where((row) => {
      const isOver = row('expires_at', '<=', new Date())
      return userId === null ? isOver : row.or([isOver, row('user_id', '=', userId)])
    })
    .execute()
  await db
    .insertInto('passkey_challenges')
    .values({
      hash: sha256(made.browser),
      challenge: made.challenge,
      user_id: userId,
      expires_at: new Date(Date.now() + CHALLENGE_MINUTES * 60_000),
    })
    .execute()
  return made
}

/** Uses this browser's challenge up: of many at once, one gets it. Undefined when there is none, or it was for another purpose. */
export async function takeChallenge(
  db: Db,
  browser: string | undefined,
  userId: string | null,
): Promise<string | undefined> {
  if (!browser) return undefined
  const taken = await db
    .deleteFrom('passkey_challenges')
    .where('hash', '=', sha256(browser))
    .returning(['challenge', 'user_id', 'expires_at'])
    .executeTakeFirst()
  return taken && taken.user_id === userId && taken.expires_at > new Date() ? taken.challenge : undefined
}
