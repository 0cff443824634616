import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { catalog } from '../catalog.ts'
import { readForm } from './form.ts'
import { isFresh, requireFresh, requireUser } from './guards.ts'
import { requireOwnJson } from './own-json.ts'
import { CHALLENGE_MINUTES } from './passkey-challenges.ts'
import { NewPasskey, SignIn } from './passkey-forms.ts'
import {
  keepPasskey,
  MOST_PASSKEYS,
  newPasskeyOptions,
  passkeysOf,
  removePasskey,
  signInOptions,
  verifyNewPasskey,
  verifySignIn,
} from './passkeys.ts'
import { notify } from './redeem.ts'
import { shortCookie } from './short-cookie.ts'
import { type AuthDeps, startSession } from './sign-in.ts'

/** Sign in with a passkey, add one, remove one. What is JSON is for src/ui/static/passkeys.js. */
export function passkeyRoutes(deps: AuthDeps): Hono {
  const { db, config, jobs } = deps
  const ownJson = requireOwnJson(config)
  return new Hono()
    .post('/sign-in/passkey/options', ownJson, async (c) => {
      // Each try needs a challenge of its own, so counting these counts the tries.
      await deps.limits.count(c, 'passkey')
      const { options, browser } = await signInOptions(db, config)
      keepBrowser(c, deps, browser)
      return c.json(options)
    })
    .post('/sign-in/passkey', ownJson, zValidator('json', SignIn, refuseOdd), async (c) => {
      const { credential: response, return: returnTo } = c.req.valid('json')
      const found = await verifySignIn(db, config, { browser: takeBrowser(c, deps), response })
      if (typeof found === 'string') return c.json({ problem: found }, 422)
      const next = await startSession(c, deps, { id: found.userId, method: 'passkey', returnTo })
      return next === undefined ? c.json({ problem: 'failed' }, 422) : c.json({ next })
    })
    .post('/account/passkeys/options', ownJson, freshOrProblem, async (c) => {
      const user = c.var.user!
      if ((await passkeysOf(db, user.userId)).length >= MOST_PASSKEYS) return c.json({ problem: 'full' }, 422)
      const shopName = catalog.name[c.var.locale]
      const { options, browser } = await newPasskeyOptions(db, { baseUrl: config.baseUrl, shopName, user })
      keepBrowser(c, deps, browser)
      return c.json(options)
    })
    .post('/account/passkeys', ownJson, freshOrProblem, zValidator('json', NewPasskey, refuseOdd), async (c) => {
      const { userId, email } = c.var.user!
      const { credential: response } = c.req.valid('json')
      const answer = { userId, browser: takeBrowser(c, deps), response, userAgent: c.req.header('user-agent') }
      const passkey = await verifyNewPasskey(db, config, answer)
      if (typeof passkey === 'string') return c.json({ problem: passkey }, 422)
      const isKept = await db.transaction().execute(async (trx) => {
        const isNew = await keepPasskey(trx, passkey)
        if (isNew) await notify(deps, trx, { id: userId, email }, { what: 'passkey-added' })
        return isNew
      })
      jobs.wake('mail')
      return isKept ? c.json({ next: '/account?said=passkey-added#passkeys' }) : c.json({ problem: 'known' }, 422)
    })
    .post('/account/passkeys/remove', requireUser, requireFresh, async (c) => {
      const { id = '' } = await readForm(c)
      const { userId, email } = c.var.user!
      const isRemoved = await db.transaction().execute(async (trx) => {
        const isTheirs = await removePasskey(trx, { userId, id })
        if (isTheirs) await notify(deps, trx, { id: userId, email }, { what: 'passkey-removed' })
        return isTheirs
      })
      jobs.wake('mail')
      return isRemoved ? c.redirect('/account#passkeys', 303) : c.notFound()
    })
}

/** As requireFresh, for a script: it can't follow a redirect to a form. */
const freshOrProblem = createMiddleware(async (c, next) =>
  isFresh(c.var.user) ? next() : c.json({ problem: 'stale' }, 401),
)

function refuseOdd(result: { success: boolean }, c: Context) {
  return result.success ? undefined : c.json({ problem: 'failed' }, 400)
}

function keepBrowser(c: Context, { config }: AuthDeps, browser: string): void {
  shortCookie(c, config, 'passkey').set(browser, CHALLENGE_MINUTES)
}

function takeBrowser(c: Context, { config }: AuthDeps): string | undefined {
  const cookie = shortCookie(c, config, 'passkey')
  const browser = cookie.get()
  cookie.drop()
  return browser
}
