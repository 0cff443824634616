import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { requireOwner } from '../auth/guards.ts'
import type { Limits } from '../auth/limits.ts'
import { randomToken, sha256 } from '../auth/tokens.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import { directOf, type Feature } from '../feature.ts'
import type { Locale } from '../locales.ts'
import { formatMoney } from '../money.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { isRequestProblem, leastOf, mostOf, type RequestProblem, requestForm } from './form.ts'
import { forgetCustomer, ownRequests } from './own-data.ts'
import { type RequestFormProps, RequestPage, RequestsPage } from './owner-pages.tsx'
import { cancelRequest, type PayDeps, payPage } from './pay-once.ts'
import { PayPage } from './pay-page.tsx'
import { createRequest, latestRequests, payableOf, requestOf } from './request.ts'
import { words } from './words.ts'

const LATEST = 50
const DAY_MS = 86_400_000

export interface RequestDeps extends PayDeps {
  limits: Limits
  features: Feature[]
  config: PayDeps['config'] & Pick<Config, 'stripe'>
}

/** Payment requests: `/dashboard/requests` for the owner, `/pay/:id` for whoever has the link. */
export function requests(deps: RequestDeps): Feature {
  const path = '/dashboard/requests'
  return {
    routes: new Hono()
      .use(path, requireOwner)
      .use(`${path}/*`, requireOwner)
      .route(path, ownerRoutes(deps))
      .route('/pay', payRoutes(deps)),
    dashboard: { href: path, title: { 'zh-CN': words['zh-CN'].title, en: words.en.title } },
    payable: (key) => payableOf(deps.db, key),
    ownData: async (user) => ({ requests: await ownRequests(deps.db, user) }),
    forget: forgetCustomer,
  }
}

function ownerRoutes(deps: RequestDeps): Hono {
  return new Hono()
    .get('/', (c) => showList(c, deps, { currency: catalog.currency, lifetime: '7', request: randomToken() }))
    .post(
      '/',
      zValidator('form', requestForm(deps.config.stripe), (result, c) =>
        result.success ? undefined : showProblems(result, c, deps),
      ),
      async (c) => {
        const { money, description, customer, lifetime, request } = c.req.valid('form')
        const id = await createRequest(deps.db, {
          money,
          description,
          customerName: customer,
          expiresAt: lifetime === 'never' ? undefined : new Date(Date.now() + Number(lifetime) * DAY_MS),
          // The same page sent with something else in it is another request.
          formHash: sha256(JSON.stringify([request, money, description, customer, lifetime])),
        })
        return c.redirect(`/dashboard/requests/${id}`, 303)
      },
    )
    .get('/:id', async (c) => {
      const request = await requestOf(deps.db, c.req.param('id'))
      if (!request) return c.notFound()
      const { baseUrl, timeZone } = deps.config
      const page = { request, payUrl: `${baseUrl}/pay/${request.id}`, timeZone }
      return renderPage(c, <RequestPage {...pageContext(c)} {...page} />)
    })
    .post('/:id/cancel', async (c) => {
      const id = c.req.param('id')
      if (!(await requestOf(deps.db, id))) return c.notFound()
      await cancelRequest(deps, id)
      return c.redirect(`/dashboard/requests/${id}`, 303)
    })
}

function payRoutes(deps: RequestDeps): Hono {
  return new Hono()
    .get('/:id', (c) => showPayPage(c, deps))
    .post('/:id', async (c) => {
      const id = c.req.param('id')
      const direct = directOf(deps)
      if (direct) {
        const key = `request-${id}`
        const payable = await payableOf(deps.db, key)
        return payable?.isOpen ? c.redirect(direct.payable(key), 303) : showPayPage(c, deps)
      }
      const url = await payPage(deps, id, c.var.locale, () => deps.limits.count(c, 'checkout'))
      return url ? c.redirect(url, 303) : showPayPage(c, deps)
    })
}

async function showPayPage(c: Context, { db, config }: RequestDeps) {
  const request = await requestOf(db, c.req.param('id') ?? '')
  if (!request) return c.notFound()
  const isGone = request.state === 'cancelled' || request.state === 'expired'
  c.header('cache-control', 'no-store')
  return renderPage(c, <PayPage {...pageContext(c)} request={request} timeZone={config.timeZone} />, isGone ? 410 : 200)
}

async function showList(
  c: Context,
  { db, config }: RequestDeps,
  values: Partial<RequestFormProps['values']>,
  problems: RequestFormProps['problems'] = {},
) {
  const empty = { amount: '', currency: '', description: '', customer: '', lifetime: '', request: '' }
  const isWrong = Object.keys(problems).length > 0
  return renderPage(
    c,
    <RequestsPage
      {...pageContext(c)}
      form={{ values: { ...empty, ...values }, problems }}
      latest={await latestRequests(db, LATEST)}
      timeZone={config.timeZone}
    />,
    isWrong ? 422 : 200,
  )
}

/** The form again, with what was typed and a word beside each field. What only a tampered form can send is a 400. */
function showProblems({ data, error }: { data: unknown; error: z.core.$ZodError }, c: Context, deps: RequestDeps) {
  const typed = data as Record<string, unknown>
  const values = Object.fromEntries(Object.entries(typed).filter(([, value]) => typeof value === 'string'))
  const problems: RequestFormProps['problems'] = {}
  for (const { path, message } of error.issues) {
    const [field] = path
    if (field !== 'amount' && field !== 'description' && field !== 'customer') throw new HTTPException(400)
    if (!isRequestProblem(message)) throw new HTTPException(400)
    problems[field] ??= problemText(message, c.var.locale, String(typed.currency))
  }
  return showList(c, deps, values, problems)
}

function problemText(problem: RequestProblem, locale: Locale, currency: string): string {
  const t = words[locale]
  if (problem === 'tooSmall') return t.tooSmall(formatMoney(leastOf(currency), locale))
  if (problem === 'tooLarge') return t.tooLarge(formatMoney(mostOf(currency), locale))
  return t.problems[problem]
}
