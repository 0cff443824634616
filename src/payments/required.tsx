import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { dictionary } from '../ui/i18n.ts'
import { Page, renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Needed, Offers, productsFor } from './offers.tsx'
import { creditsOf, hasPlan } from './rights.ts'

export interface RequiredDeps {
  db: Db
  config: Pick<Config, 'baseUrl'>
}

const words = dictionary({
  'zh-CN': {
    title: '先付款，再进来',
    text: '这里要有下面其中一样才能用。买好以后，用付款时的邮箱登录，回到这一页就行。',
    have: '已经买过了？登录',
  },
  en: {
    title: 'This part is paid',
    text: 'One of these opens it. When you have paid, sign in with the email you paid with and come back to this page.',
    have: 'Have it already? Sign in',
  },
})

/** For routes that a plan opens. Everybody else sees what opens it, and for how much (402). */
export function requirePlan(deps: RequiredDeps, plan: string): MiddlewareHandler {
  return requirePaid(deps, { plan })
}

/**
 * For routes that cost a credit, or nothing with `orPlan`. Takes none: that is for takeCredit, in the transaction of what
 * the credit pays for, and it may still say no.
 */
export function requireCredit(deps: RequiredDeps, orPlan?: string): MiddlewareHandler {
  return requirePaid(deps, { credit: true, plan: orPlan })
}

function requirePaid(deps: RequiredDeps, needed: Needed): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    return (await has(deps.db, c.var.user?.userId, needed)) ? next() : paymentRequired(c, deps, needed)
  })
}

/** Whether a user has what is needed; a guest has nothing. */
export async function has(db: Db, userId: string | undefined, { plan, credit }: Needed): Promise<boolean> {
  if (!userId) return false
  if (credit && (await creditsOf(db, userId)) > 0) return true
  return plan !== undefined && hasPlan(db, userId, plan)
}

/** 402: a page with what to buy; for programs a problem document (RFC 9457) that says where. */
export function paymentRequired(c: Context, deps: RequiredDeps, needed: Needed) {
  return /\bjson\b/.test(c.req.header('accept') ?? '')
    ? paymentProblem(c, deps, needed)
    : renderPage(c, <RequiredPage c={c} needed={needed} />, 402)
}

/** The 402 of an API. */
export function paymentProblem(c: Context, { config }: Pick<RequiredDeps, 'config'>, needed: Needed) {
  return c.body(JSON.stringify(problemOf(needed, config.baseUrl)), 402, { 'content-type': 'application/problem+json' })
}

/** A problem document (RFC 9457) that says where to buy what is missing. */
export function problemOf({ credit }: Needed, baseUrl: string) {
  const detail = credit
    ? `You have ${catalog.credits.en(0)} left, and no plan that covers this.`
    : 'This needs a plan that is not open.'
  return { type: 'about:blank', title: 'Payment Required', status: 402, detail, buy: `${baseUrl}/` }
}

function RequiredPage({ c, needed }: { c: Context; needed: Needed }) {
  const { locale, user } = c.var
  const t = words[locale]
  const context = pageContext(c)
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.title}</h1>
      <p class="lead">{t.text}</p>
      {!user && <a href={`/sign-in?return=${encodeURIComponent(context.path)}`}>{t.have}</a>}
      <Offers products={productsFor(needed, context)} locale={locale} request={crypto.randomUUID()} />
    </Page>
  )
}
