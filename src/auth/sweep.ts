import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'

/** Removes what has expired: sessions, proofs, challenges, answers of the API. Run daily, by any process. */
export async function sweepExpired(db: Db): Promise<void> {
  const yesterday = sql<Date>`now() - interval '1 day'`
  await db.deleteFrom('sessions').where('expires_at', '<', yesterday).execute()
  await db.deleteFrom('email_proofs').where('expires_at', '<', yesterday).execute()
  await db.deleteFrom('passkey_challenges').where('expires_at', '<', yesterday).execute()
  await db.deleteFrom('api_requests').where('created_at', '<', yesterday).execute()
}
