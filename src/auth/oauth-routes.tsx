import { generateCodeVerifier, generateState } from 'arctic'
import { type Context, Hono } from 'hono'
import { log } from '../log.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { readForm } from './form.ts'
import { isFresh, requireFresh, requireUser } from './guards.ts'
import { type Identity, oauthProviders, type Provider, ProviderFailure } from './oauth.ts'
import { accountOfIdentity, linkIdentity, unlinkProvider } from './oauth-accounts.ts'
import { type Flow, keepFlow, takeFlow } from './oauth-flow.ts'
import { type OAuthProblem, OAuthProblemPage } from './oauth-pages.tsx'
import { type AuthDeps, signIn } from './sign-in.ts'

/**
 * Sign-in with GitHub and Google, for those whose keys are set, and their links to an account. Only a form of ours
 * starts it: a link from elsewhere could tie the account to a GitHub account that somebody else knows.
 */
export function oauthRoutes(deps: AuthDeps): Hono {
  const app = new Hono()
  for (const provider of oauthProviders(deps.config)) {
    app
      .get(`/sign-in/${provider.name}`, (c) => c.redirect('/sign-in'))
      .post(`/sign-in/${provider.name}`, async (c) => {
        const { return: returnTo = '' } = await readForm(c)
        return begin(c, deps, provider, { returnTo })
      })
      // Fresh, since it is another way in for good: not for whoever finds a browser that was left open.
      .post(`/account/link/${provider.name}`, requireUser, requireFresh, (c) =>
        begin(c, deps, provider, { returnTo: '/account', linkTo: c.var.user!.userId }),
      )
      .get(`/sign-in/${provider.name}/callback`, (c) => comeBack(c, deps, provider))
  }
  // Also for one whose keys are gone by now.
  for (const name of ['github', 'google'] as const) {
    app.post(`/account/unlink/${name}`, requireUser, async (c) => {
      await deps.db.transaction().execute((trx) => unlinkProvider(trx, c.var.user!, name))
      return c.redirect('/account', 303)
    })
  }
  return app
}

function begin(c: Context, deps: AuthDeps, provider: Provider, aim: Pick<Flow, 'returnTo' | 'linkTo'>) {
  const [state, verifier] = [generateState(), generateCodeVerifier()]
  keepFlow(c, deps.config, { ...aim, provider: provider.name, state, verifier })
  return c.redirect(provider.authorizationUrl(state, verifier).href, 303)
}

async function comeBack(c: Context, deps: AuthDeps, provider: Provider) {
  const flow = takeFlow(c, deps.config, provider.name)
  const { code, error } = c.req.query()
  if (!flow || c.req.query('state') !== flow.state) return explain(c, provider, undefined, 'refused')
  // The cookie says where we were going; that somebody may link, only the session says.
  const mayLink = flow.linkTo === c.var.user?.userId && isFresh(c.var.user)
  if (flow.linkTo && !mayLink) return explain(c, provider, undefined, 'refused')
  if (error === 'access_denied') return explain(c, provider, flow, 'denied')
  if (!code && !error) return explain(c, provider, flow, 'refused')

  await deps.limits.count(c, 'sign-in')
  const identity = await identify(provider, flow, { code, error })
  if (typeof identity === 'string') return explain(c, provider, flow, identity)
  const { linkTo } = flow
  const account = await deps.db
    .transaction()
    .execute((trx) => (linkTo ? linkIdentity(deps, trx, linkTo, identity) : accountOfIdentity(deps, trx, identity)))
  deps.jobs.wake('mail')
  if (account.problem) return explain(c, provider, flow, account.problem)
  // Linking says nothing about who sits there, so it does not make an old sign-in a new one.
  if (linkTo) return c.redirect(flow.returnTo, 303)
  const signedIn = await signIn(c, deps, { id: account.userId, method: provider.name, returnTo: flow.returnTo })
  return signedIn ?? c.redirect('/sign-in', 303)
}

async function identify(
  provider: Provider,
  { verifier }: Flow,
  { code, error }: { code?: string | undefined; error?: string | undefined },
): Promise<Identity | ProviderFailure['kind']> {
  try {
    if (!code) throw new ProviderFailure(provider.name, error?.slice(0, 100))
    return await provider.identify(code, verifier)
  } catch (failure) {
    if (!(failure instanceof ProviderFailure)) throw failure
    if (failure.kind === 'broken') log.warn(String(failure))
    return failure.kind
  }
}

const STATUS = { refused: 400, denied: 403, unverified: 403, taken: 409, another: 409, broken: 502 } as const

function explain(c: Context, { name }: Provider, flow: Flow | undefined, problem: OAuthProblem) {
  // The flow's own address would start nothing again, so the language switch leads to where it can be.
  const props = { ...pageContext(c), path: '/sign-in', provider: name, problem }
  const page = <OAuthProblemPage {...props} returnTo={flow?.returnTo ?? ''} isLinking={Boolean(flow?.linkTo)} />
  return renderPage(c, page, STATUS[problem])
}
