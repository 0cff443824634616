import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { speakTo, switchedTo } from '../ui/locale.ts'
import type { Sessions, SignedIn } from './lucia.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who is signed in; undefined for guests. */
    user: SignedIn | undefined
    isOwner: boolean
  }
}

const FRESH_MS = 10 * 60_000

/** Puts the signed-in user on the request, and speaks their language; the one they switch to is kept. A request without a session cookie asks the database nothing. */
export function readSession(db: Db, sessions: Sessions, { ownerEmail }: Pick<Config, 'ownerEmail'>): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const cookie = c.req.header('cookie')
    const { user, setCookie } = cookie ? await sessions.read(cookie) : { user: undefined }
    c.set('user', user)
    c.set('isOwner', user?.emailVerified === true && user.email === ownerEmail)
    if (user) await speakTheirs(c, db, user)
    await next()
    if (user) c.header('cache-control', 'private, no-store')
    // A handler that starts or ends a session has the last word.
    if (setCookie && !c.res.headers.has('set-cookie')) c.header('set-cookie', setCookie, { append: true })
  })
}

async function speakTheirs(c: Context, db: Db, { userId, locale }: SignedIn): Promise<void> {
  const chosen = switchedTo(c)
  if (!chosen) return speakTo(c, locale)
  if (chosen !== locale) await db.updateTable('users').set({ locale: chosen }).where('id', '=', userId).execute()
}

/** Guests are sent to sign in, and come back. */
export const requireUser: MiddlewareHandler = createMiddleware(async (c, next) => {
  return c.var.user ? next() : c.redirect(signInPath(c.req.method, c.req.path))
})

/** As requireUser; and to everybody else who is not the owner, the page does not exist. */
export const requireOwner: MiddlewareHandler = createMiddleware(async (c, next) => {
  if (!c.var.user) return c.redirect(signInPath(c.req.method, c.req.path))
  return c.var.isOwner ? next() : c.notFound()
})

/** For what can't be undone: the sign-in is at most ten minutes old, or is asked for again. Comes after one of the others. */
export const requireFresh: MiddlewareHandler = createMiddleware(async (c, next) => {
  return isFresh(c.var.user) ? next() : c.redirect(`${signInPath(c.req.method, c.req.path)}&again=1`, 303)
})

/** Whether the sign-in is at most ten minutes old; a guest's never is. */
export function isFresh(user: SignedIn | undefined): boolean {
  return user !== undefined && Date.now() - user.signedInAt.getTime() < FRESH_MS
}

// A form that was sent can't be sent again by a link: its reader comes back to where the form is.
function signInPath(method: string, path: string): string {
  const back = method === 'GET' ? path : path.split('/').slice(0, 2).join('/')
  return `/sign-in?return=${encodeURIComponent(back)}`
}
