import { Hono } from 'hono'
import { oauthRoutes } from './oauth-routes.tsx'
import { passkeyRoutes } from './passkey-routes.tsx'
import { proofRoutes } from './proof-routes.tsx'
import { resetRoutes } from './reset-routes.tsx'
import type { AuthDeps } from './sign-in.ts'
import { signInRoutes } from './sign-in-routes.tsx'
import { signUpRoutes } from './sign-up-routes.tsx'

/** Sign up, sign in, prove an email, recover, sign out. */
export function authRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .route('/sign-in', signInRoutes(deps))
    .route('/sign-up', signUpRoutes(deps))
    .route('/reset-password', resetRoutes(deps))
    .route('/', proofRoutes(deps))
    .route('/', passkeyRoutes(deps))
    .route('/', oauthRoutes(deps))
    .post('/sign-out', async (c) => {
      c.header('set-cookie', await deps.sessions.end(c.req.header('cookie') ?? ''), { append: true })
      return c.redirect('/', 303)
    })
}
