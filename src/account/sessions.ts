import type { SignedIn } from '../auth/lucia.ts'
import type { Db } from '../db/connection.ts'

const MOST = 50

export interface OwnSession {
  /** What the database knows it by. Nobody signs in with it. */
  hash: string
  device: string | null
  method: string
  signedInAt: Date
  lastSeenAt: Date
  isThisOne: boolean
}

/** Where a person is signed in: this browser first, then the one that was seen last. */
export async function sessionsOf(db: Db, { userId, sessionHash }: SignedIn): Promise<OwnSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('expires_at', '>', new Date())
    .orderBy(({ eb }) => eb('id', '=', sessionHash), 'desc')
    .orderBy('last_seen_at', 'desc')
    .limit(MOST)
    .execute()
  return rows.map(({ id, device, method, created_at, last_seen_at }) => ({
    hash: id,
    device,
    method,
    signedInAt: created_at,
    lastSeenAt: last_seen_at,
    isThisOne: id === sessionHash,
  }))
}

/** Ends one session, if it is this person's. */
export async function endSession(db: Db, { userId }: SignedIn, hash: string): Promise<void> {
  await db.deleteFrom('sessions').where('id', '=', hash).where('user_id', '=', userId).execute()
}
