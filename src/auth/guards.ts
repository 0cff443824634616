import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../config.ts'
import type { Sessions, SignedIn } from './lucia.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who is signed in; undefined for guests. */
    user: SignedIn | undefined
    isOwner: boolean
  }
}

/** Puts the signed-in user on the request. A request without a session cookie asks the database nothing. */
export function readSession(sessions: Sessions, { ownerEmail }: Pick<Config, 'ownerEmail'>): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const cookie = c.req.header('cookie')
    const { user, setCookie } = cookie ? await sessions.read(cookie) : { user: undefined }
    c.set('user', user)
    c.set('isOwner', user?.emailVerified === true && user.email === ownerEmail)
    await next()
    // A handler that starts or ends a session has the last word.
    if (setCookie && !c.res.headers.has('set-cookie')) c.header('set-cookie', setCookie, { append: true })
  })
}

/** Guests are sent to sign in and come back; to everybody else who is not the owner, the page does not exist. */
export const requireOwner: MiddlewareHandler = createMiddleware(async (c, next) => {
  if (!c.var.user) return c.redirect(`/sign-in?return=${encodeURIComponent(c.req.path)}`)
  if (!c.var.isOwner) return c.notFound()
  return next()
})
