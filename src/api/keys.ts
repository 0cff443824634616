import { sql } from 'kysely'
import { z } from 'zod'
import type { SignedIn } from '../auth/lucia.ts'
import { notify } from '../auth/redeem.ts'
import { randomToken, sha256 } from '../auth/tokens.ts'
import type { Db } from '../db/connection.ts'
import { optionalText } from '../plain-text.ts'

export const MOST_KEYS = 20
export const NAME_LENGTH = 60

/** A key as it is sent: 256 random bits. */
const KEY = /^fpu_[\w-]{43}$/
const PREFIX_LENGTH = 'fpu_'.length + 4

export const NewKeyForm = z.object({ name: optionalText(NAME_LENGTH), request: z.string().regex(/^[\w-]{8,64}$/) })
export const RevokeForm = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
})

/** 'full': as many as there may be. 'again': this form has made one, and nobody can show it a second time. */
export type NewKey = { key: string } | 'full' | 'again'

export type KeyDeps = Parameters<typeof notify>[0] & { db: Db }

/** Makes a key, and tells its owner by mail. It is nowhere but in what this returns: the database has its SHA-256. */
export async function makeKey(
  deps: KeyDeps,
  { userId, email }: SignedIn,
  { name, request }: z.infer<typeof NewKeyForm>,
): Promise<NewKey> {
  const key = `fpu_${randomToken()}`
  return deps.db.transaction().execute(async (trx) => {
    // Two forms sent at once wait for each other here, so that they count the same keys.
    await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().executeTakeFirstOrThrow()
    const keys = await trx.selectFrom('api_keys').select('request').where('user_id', '=', userId).execute()
    if (keys.some((made) => made.request === request)) return 'again'
    if (keys.length >= MOST_KEYS) return 'full'
    const prefix = key.slice(0, PREFIX_LENGTH)
    await trx
      .insertInto('api_keys')
      .values({ user_id: userId, request, name: name ?? null, prefix, hash: sha256(key) })
      .execute()
    await notify(deps, trx, { id: userId, email }, { what: 'api-key-added' })
    return { key }
  })
}

export type OwnKey = Awaited<ReturnType<typeof keysOf>>[number]

/** A person's keys, the newest first. */
export function keysOf(db: Db, userId: string) {
  return db
    .selectFrom('api_keys')
    .select(['id', 'name', 'prefix', 'created_at', 'last_used_at'])
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .execute()
}

/** False when they have no such key. */
export async function revokeKey(db: Db, userId: string, id: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('api_keys')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Whose key an Authorization header brings; undefined for one that is missing, wrong or revoked. */
export async function callerOf(
  db: Db,
  authorization: string | undefined,
): Promise<{ keyId: number; user: SignedIn } | undefined> {
  const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!key || !KEY.test(key)) return undefined
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select(['api_keys.id', 'last_used_at', 'user_id', 'email', 'email_verified_at', 'locale'])
    .where('hash', '=', sha256(key))
    .executeTakeFirst()
  if (!row) return undefined
  await noteUsed(db, row.id, row.last_used_at)
  const { user_id: userId, email, email_verified_at, locale } = row
  const emailVerified = email_verified_at !== null
  // A key is no session, and never as good as a fresh sign-in.
  const user = { userId, email, emailVerified, locale, sessionHash: '', signedInAt: new Date(0) }
  return { keyId: row.id, user }
}

/** At most one write a minute, whatever a program does. */
async function noteUsed(db: Db, id: number, lastUsedAt: Date | null): Promise<void> {
  if (lastUsedAt && Date.now() - lastUsedAt.getTime() < 60_000) return
  await db
    .updateTable('api_keys')
    .set({ last_used_at: sql`now()` })
    .where('id', '=', id)
    .where(({ or, eb }) =>
      or([eb('last_used_at', 'is', null), eb('last_used_at', '<', sql<Date>`now() - interval '1 minute'`)]),
    )
    .execute()
}

/** For the download of one's data: no hashes. */
export async function ownKeys(db: Db, { userId }: SignedIn) {
  const keys = await keysOf(db, userId)
  const apiKeys = keys.map(({ name, prefix, created_at, last_used_at }) => {
    return { name, prefix, createdAt: created_at, lastUsedAt: last_used_at }
  })
  const apiRequests = await db
    .selectFrom('api_requests')
    .select(['key as idempotencyKey', 'status', 'body as answer', 'created_at as createdAt'])
    .where('user_id', '=', userId)
    .orderBy('created_at', 'desc')
    .limit(1_000)
    .execute()
  return { apiKeys, apiRequests }
}
