/**
 * Sessions, by lucia 3. It is no longer maintained, so this is the only file that knows it: whatever replaces it
 * needs to keep these three functions, and nothing else changes.
 */
import { parse } from 'hono/utils/cookie'
import { type Adapter, Lucia, TimeSpan } from 'lucia'
import type { Db } from '../db/connection.ts'
import { sha256 } from './tokens.ts'

export interface SignedIn {
  userId: string
  email: string
  emailVerified: boolean
  /** The language that they chose; null while they never did. */
  locale: string | null
  /** The session, as the database knows it. */
  sessionHash: string
  /** When this session began, by a proof of who it is. */
  signedInAt: Date
}

export interface SessionStart {
  /** The browser, as it calls itself. */
  device: string | undefined
  /** By what the person proved who they are. */
  method: 'password' | 'link' | 'code' | 'passkey' | 'github' | 'google'
}

export interface Sessions {
  /** Starts a session with a new id and returns the Set-Cookie header. Not inside a transaction. */
  start(userId: string, how: SessionStart): Promise<string>
  /** Who the Cookie header belongs to, and a Set-Cookie header when the session was prolonged or is over. */
  read(cookieHeader: string): Promise<{ user: SignedIn | undefined; setCookie?: string }>
  /** Ends the session of the Cookie header and returns the Set-Cookie header that removes it. */
  end(cookieHeader: string): Promise<string>
}

interface UserAttributes {
  email: string
  email_verified_at: Date | null
  locale: string | null
}
interface SessionAttributes {
  device: string | null
  method: string
  created_at?: Date
}

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof createLucia>
    DatabaseUserAttributes: UserAttributes
    DatabaseSessionAttributes: SessionAttributes
  }
}

/** `secure` is right wherever the site has https: the cookie is then bound to this very host. */
export function createSessions(db: Db, { secure }: { secure: boolean }): Sessions {
  const lucia = createLucia(db, secure)
  // Not lucia's own parser: it decodes names, so that __%48ost-session would pass for ours, and throws on a stray %.
  const readCookie = (header: string) => parse(header, lucia.sessionCookieName)[lucia.sessionCookieName]

  return {
    async start(userId, { device, method }) {
      const session = await lucia.createSession(userId, { device: device?.slice(0, 300) ?? null, method })
      return lucia.createSessionCookie(session.id).serialize()
    },
    async read(cookieHeader) {
      const id = readCookie(cookieHeader)
      if (!id) return { user: undefined }
      const { session, user } = await lucia.validateSession(id)
      if (!session) return { user: undefined, setCookie: lucia.createBlankSessionCookie().serialize() }
      const setCookie = session.fresh ? lucia.createSessionCookie(id).serialize() : undefined
      const { email, emailVerified, locale } = user
      const signedIn = {
        userId: user.id,
        email,
        emailVerified,
        locale,
        sessionHash: sha256(id),
        signedInAt: session.signedInAt,
      }
      return { user: signedIn, ...(setCookie && { setCookie }) }
    },
    async end(cookieHeader) {
      const id = readCookie(cookieHeader)
      if (id) await lucia.invalidateSession(id)
      return lucia.createBlankSessionCookie().serialize()
    },
  }
}

function createLucia(db: Db, secure: boolean) {
  return new Lucia(adapterFor(db), {
    // Prolonged when half of it is over.
    sessionExpiresIn: new TimeSpan(30, 'd'),
    sessionCookie: { name: secure ? '__Host-session' : 'session', attributes: { secure, sameSite: 'lax', path: '/' } },
    getUserAttributes: ({ email, email_verified_at, locale }) => ({
      email,
      emailVerified: email_verified_at !== null,
      locale,
    }),
    getSessionAttributes: ({ created_at }) => ({ signedInAt: created_at ?? new Date() }),
  })
}

/** lucia's view of the database. Only the SHA-256 of a session's id is at rest, so a leaked table signs nobody in. */
function adapterFor(db: Db): Adapter {
  return {
    async getSessionAndUser(sessionId) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(['sessions.user_id', 'sessions.expires_at', 'sessions.created_at', 'sessions.last_seen_at'])
        .select(['sessions.device', 'sessions.method', 'users.email', 'users.email_verified_at', 'users.locale'])
        .where('sessions.id', '=', sha256(sessionId))
        .executeTakeFirst()
      if (!row) return [null, null]
      await noteSeen(db, sessionId, row)
      const { user_id, expires_at, device, method, created_at, email, email_verified_at, locale } = row
      return [
        { id: sessionId, userId: user_id, expiresAt: expires_at, attributes: { device, method, created_at } },
        { id: user_id, attributes: { email, email_verified_at, locale } },
      ]
    },
    async getUserSessions(userId) {
      const rows = await db.selectFrom('sessions').selectAll().where('user_id', '=', userId).execute()
      return rows.map(({ id, expires_at, device, method }) => ({
        id,
        userId,
        expiresAt: expires_at,
        attributes: { device, method },
      }))
    },
    async setSession({ id, userId, expiresAt, attributes: { device, method } }) {
      // From users, so that of an account deleted a moment ago there is none.
      await db
        .insertInto('sessions')
        .columns(['id', 'user_id', 'expires_at', 'device', 'method'])
        .expression((from) =>
          from
            .selectFrom('users')
            .select(({ val }) => [
              val(sha256(id)).as('id'),
              'users.id as user_id',
              val(expiresAt).$castTo<Date>().as('expires_at'),
              val(device).as('device'),
              val(method).as('method'),
            ])
            .where('users.id', '=', userId),
        )
        .execute()
      // Sessions go, and this stays.
      await db.updateTable('users').set({ last_seen_at: new Date() }).where('id', '=', userId).execute()
    },
    async updateSessionExpiration(sessionId, expiresAt) {
      await db.updateTable('sessions').set({ expires_at: expiresAt }).where('id', '=', sha256(sessionId)).execute()
    },
    async deleteSession(sessionId) {
      await db.deleteFrom('sessions').where('id', '=', sha256(sessionId)).execute()
    },
    async deleteUserSessions(userId) {
      await db.deleteFrom('sessions').where('user_id', '=', userId).execute()
    },
    async deleteExpiredSessions() {
      await db.deleteFrom('sessions').where('expires_at', '<=', new Date()).execute()
    },
  }
}

const SEEN_EVERY_MS = 5 * 60_000

/** Now and then, so that a reading visitor costs no write a page. */
async function noteSeen(
  db: Db,
  sessionId: string,
  { user_id, last_seen_at }: { user_id: string; last_seen_at: Date },
): Promise<void> {
  if (Date.now() - last_seen_at.getTime() < SEEN_EVERY_MS) return
  const seen = { last_seen_at: new Date() }
  await db.updateTable('sessions').set(seen).where('id', '=', sha256(sessionId)).execute()
  await db.updateTable('users').set(seen).where('id', '=', user_id).execute()
}
