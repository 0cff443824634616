import type { Context } from 'hono'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Jobs } from '../jobs/queue.ts'
import type { Limits } from './limits.ts'
import type { SessionStart, Sessions } from './lucia.ts'
import { returnPath } from './return-to.ts'

export interface AuthDeps {
  db: Db
  jobs: Jobs
  sessions: Sessions
  limits: Limits
  config: Config
  /** Gives somebody what was bought with their address before they had proved it. */
  claim(user: { id: string; email: string }): Promise<void>
  /** Other ways to sign in that are switched on: each a button on the sign-in page. */
  ways: Way[]
}

export interface Way {
  name: 'github' | 'google'
  /** Where the button leads. */
  href: string
}

type SignInDeps = Pick<AuthDeps, 'sessions' | 'db' | 'config' | 'claim'>

interface Proved {
  id: string
  method: SessionStart['method']
  returnTo?: string | null | undefined
  /** The account's epoch when it was proved; a session that has to have ended since then does not begin. */
  epoch?: number
}

/**
 * Signs somebody in who has just proved who they are, under a new session id, and sends them where they wanted to go.
 * Undefined when the account went, or all its sessions were ended, while they were proving it.
 */
export async function signIn(c: Context, deps: SignInDeps, user: Proved): Promise<Response | undefined> {
  const path = await startSession(c, deps, user)
  return path === undefined ? undefined : c.redirect(path, 303)
}

/** As signIn, for a script: returns the path to go to. */
export async function startSession(c: Context, deps: SignInDeps, user: Proved): Promise<string | undefined> {
  const { sessions, db, config } = deps
  await sessions.end(c.req.header('cookie') ?? '')
  const cookie = await sessions.start(user.id, { device: c.req.header('user-agent'), method: user.method })
  // Waits for whoever is ending this account's sessions just now, and sees what they have done.
  const account = await db
    .selectFrom('users')
    .select(['email', 'auth_epoch'])
    .where('id', '=', user.id)
    .forShare()
    .executeTakeFirst()
  if (!account || (user.epoch !== undefined && user.epoch !== account.auth_epoch)) {
    await sessions.end(cookie.split(';')[0]!)
    return undefined
  }
  c.header('set-cookie', cookie, { append: true })
  await deps.claim({ id: user.id, email: account.email })
  const home = account.email === config.ownerEmail ? '/dashboard' : '/account'
  return returnPath(user.returnTo, home)
}
