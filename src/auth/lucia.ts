/**
 * Sessions, by lucia 3. It is no longer maintained, so this is the only file that knows it: whatever replaces it
 * needs to keep these four functions, and nothing else changes.
 */
import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia, TimeSpan } from 'lucia'
import type { Db } from '../db/connection.ts'
import { sha256 } from './tokens.ts'

export interface SignedIn {
  userId: string
  email: string
  emailVerified: boolean
}

export interface Sessions {
  /** Starts a session with a new id and returns the Set-Cookie header. */
  start(userId: string): Promise<string>
  /** Who the Cookie header belongs to, and a Set-Cookie header when the session was prolonged or is over. */
  read(cookieHeader: string): Promise<{ user: SignedIn | undefined; setCookie?: string }>
  /** Ends the session of the Cookie header and returns the Set-Cookie header that removes it. */
  end(cookieHeader: string): Promise<string>
  /** Ends all sessions of a user. */
  endAll(userId: string): Promise<void>
}

interface UserAttributes {
  email: string
  email_verified_at: Date | null
}

declare module 'lucia' {
  interface Register {
    Lucia: ReturnType<typeof createLucia>
    DatabaseUserAttributes: UserAttributes
  }
}

/** `secure` is right wherever the site has https: the cookie is then bound to this very host. */
export function createSessions(db: Db, { secure }: { secure: boolean }): Sessions {
  const lucia = createLucia(db, secure)

  return {
    async start(userId) {
      const session = await lucia.createSession(userId, {})
      return lucia.createSessionCookie(session.id).serialize()
    },
    async read(cookieHeader) {
      const id = lucia.readSessionCookie(cookieHeader)
      if (!id) return { user: undefined }
      const { session, user } = await lucia.validateSession(id)
      if (!session) return { user: undefined, setCookie: lucia.createBlankSessionCookie().serialize() }
      const setCookie = session.fresh ? lucia.createSessionCookie(id).serialize() : undefined
      return {
        user: { userId: user.id, email: user.email, emailVerified: user.emailVerified },
        ...(setCookie && { setCookie }),
      }
    },
    async end(cookieHeader) {
      const id = lucia.readSessionCookie(cookieHeader)
      if (id) await lucia.invalidateSession(id)
      return lucia.createBlankSessionCookie().serialize()
    },
    endAll: (userId) => lucia.invalidateUserSessions(userId),
  }
}

function createLucia(db: Db, secure: boolean) {
  return new Lucia(adapterFor(db), {
    // Prolonged when half of it is over.
    sessionExpiresIn: new TimeSpan(30, 'd'),
    sessionCookie: { name: secure ? '__Host-session' : 'session', attributes: { secure, sameSite: 'lax', path: '/' } },
    getUserAttributes: ({ email, email_verified_at }) => ({ email, emailVerified: email_verified_at !== null }),
  })
}

/** lucia's view of the database. Only the SHA-256 of a session's id is at rest, so a leaked table signs nobody in. */
function adapterFor(db: Db): Adapter {
  return {
    async getSessionAndUser(sessionId) {
      const row = await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .select(['sessions.user_id', 'sessions.expires_at', 'users.email', 'users.email_verified_at'])
        .where('sessions.id', '=', sha256(sessionId))
        .executeTakeFirst()
      if (!row) return [null, null]
      const session: DatabaseSession = { id: sessionId, userId: row.user_id, expiresAt: row.expires_at, attributes: {} }
      const user: DatabaseUser = {
        id: row.user_id,
        attributes: { email: row.email, email_verified_at: row.email_verified_at },
      }
      return [session, user]
    },
    async getUserSessions(userId) {
      const rows = await db.selectFrom('sessions').selectAll().where('user_id', '=', userId).execute()
      return rows.map((row) => ({ id: row.id, userId, expiresAt: row.expires_at, attributes: {} }))
    },
    async setSession({ id, userId, expiresAt }) {
      await db
        .insertInto('sessions')
        .values({ id: sha256(id), user_id: userId, expires_at: expiresAt })
        .execute()
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
