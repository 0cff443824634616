import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { requireOwner } from '../auth/guards.ts'
import { randomToken } from '../auth/tokens.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature, KnownPerson } from '../feature.ts'
import type { Locale } from '../locales.ts'
import { creditsOf } from '../payments/rights.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Adjustment, adjust, latestAdjustments } from './adjust.ts'
import { CreditForm, isCreditProblem } from './form.ts'
import { type CreditsForm, CreditsPage, PersonCredits } from './pages.tsx'
import { words } from './words.ts'

const LATEST = 20

export interface CreditsDeps {
  db: Db
  config: Pick<Config, 'timeZone'>
}

/** `/dashboard/credits`: the owner gives credits, or takes them back, with a reason. */
export function credits(deps: CreditsDeps): Feature {
  const path = '/dashboard/credits'
  return {
    routes: new Hono().use(path, requireOwner).route(path, creditRoutes(deps)),
    dashboard: { href: path, title: { 'zh-CN': words['zh-CN'].title, en: words.en.title } },
    person: (c, person) => personPart(c, deps, person),
  }
}

function creditRoutes(deps: CreditsDeps): Hono {
  return new Hono()
    .get('/', (c) => showForm(c, deps, { email: '', amount: '', reason: '', request: randomToken() }))
    .post(
      '/',
      zValidator('form', CreditForm, (result, c) => (result.success ? undefined : showProblems(result, c, deps))),
      async (c) => {
        const form = c.req.valid('form')
        const t = words[c.var.locale]
        const done = await adjust(deps.db, form)
        const typed = { ...form, amount: String(form.amount) }
        if (!done) return showForm(c, deps, typed, { email: t.problems.unknown })
        if (!done.adjusted)
          return showForm(c, deps, typed, { amount: t.tooFew(catalog.credits[c.var.locale](done.left)) })
        // There the form is folded, and a link to what is inside opens it.
        return c.redirect(
          form.back ? `${form.back}?done=${done.id}#credits` : `/dashboard/credits?done=${done.id}`,
          303,
        )
      },
    )
}

async function showForm(
  c: Context,
  { db, config }: CreditsDeps,
  values: CreditsForm['values'],
  problems: CreditsForm['problems'] = {},
) {
  const latest = await latestAdjustments(db, LATEST)
  const isWrong = Object.keys(problems).length > 0
  return renderPage(
    c,
    <CreditsPage
      {...pageContext(c)}
      form={{ values, problems }}
      done={await doneOf(c, db, latest)}
      latest={latest}
      timeZone={config.timeZone}
    />,
    isWrong ? 422 : 200,
  )
}

/** The part of one person's page: the form with their address filled in, and what was given to them before. */
async function personPart(c: Context, { db, config }: CreditsDeps, { userId, email, href }: KnownPerson) {
  if (!userId || !email) return undefined
  const latest = await latestAdjustments(db, LATEST, userId)
  const form = { values: { email, amount: '', reason: '', request: randomToken(), back: href }, problems: {} }
  const done = await doneOf(c, db, latest)
  return <PersonCredits {...{ form, latest, done }} locale={c.var.locale} timeZone={config.timeZone} />
}

/** What was just done, as the address says, and what they have now. */
async function doneOf(c: Context, db: Db, latest: Adjustment[]) {
  const done = latest.find(({ id }) => String(id) === c.req.query('done'))
  return done && { ...done, left: await creditsOf(db, done.userId) }
}

/** The form again, with what was typed and a word beside each field. What only a tampered form can send is a 400. */
function showProblems({ data, error }: { data: unknown; error: z.core.$ZodError }, c: Context, deps: CreditsDeps) {
  const typed = data as Record<string, unknown>
  const problems: CreditsForm['problems'] = {}
  for (const { path, message } of error.issues) {
    const [field] = path
    if (field !== 'email' && field !== 'amount' && field !== 'reason') throw new HTTPException(400)
    if (!isCreditProblem(message)) throw new HTTPException(400)
    problems[field] ??= words[c.var.locale as Locale].problems[message]
  }
  const text = (key: string) => (typeof typed[key] === 'string' ? typed[key] : '')
  const values = {
    email: text('email'),
    amount: text('amount'),
    reason: text('reason'),
    request: text('request'),
    back: text('back'),
  }
  return showForm(c, deps, values, problems)
}
