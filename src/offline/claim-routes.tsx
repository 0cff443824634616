import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { readBody } from '../auth/form.ts'
import { tooManyText } from '../auth/limit-words.ts'
import { type Limits, TooMany } from '../auth/limits.ts'
import type { PaymentCode } from '../define-catalog.ts'
import { type Feature, tipChoiceOf } from '../feature.ts'
import type { Locale } from '../locales.ts'
import { plain } from '../plain-text.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Choice, choiceOf, isTip } from './choices.ts'
import { type ClaimField, ClaimForm, type ClaimTyped, isCode, newCode } from './claim-form.ts'
import { ChoosePage, ClaimPage, PayPage, type PayProps } from './claim-pages.tsx'
import { words } from './claim-words.ts'
import { isClaimed, makeClaim, readClaim } from './claims.ts'
import type { OfflineDeps } from './entries.ts'

export interface ClaimDeps extends OfflineDeps {
  limits: Limits
  features: Feature[]
}

/** `/offline`: paying by the owner's own codes. Without any, only the pages of claims that were made are left. */
export function claimRoutes(deps: ClaimDeps, codes: PaymentCode[]): Hono {
  const app = new Hono().get('/claims/:id{[\\w-]{1,64}}', async (c) => {
    const claim = await readClaim(deps.db, c.req.param('id'))
    if (!claim) return c.notFound()
    c.header('cache-control', 'no-store')
    return renderPage(c, <ClaimPage {...pageContext(c)} claim={claim} />)
  })
  if (codes.length === 0) return app
  return app
    .get('/', (c) => renderPage(c, <ChoosePage {...pageContext(c)} codes={codes} />))
    .get('/:choice', async (c) => {
      const choice = await choiceOf(c.req.param('choice'), deps)
      if (!choice) return c.notFound()
      if (choice.request && !choice.request.isOpen) return c.redirect(choice.request.page)
      const code = c.req.query('code')
      // In the address: a phone that comes back from its wallet may load the page again, and must find the same code.
      if (!isCode(code) || (await isClaimed(deps.db, code))) return c.redirect(withCode(c))
      return show(c, deps, codes, { choice, code, typed: typedIn(c.req.query()) }, 200)
    })
    .post('/:choice', async (c) => {
      const choice = await choiceOf(c.req.param('choice'), deps)
      const sent = await readBody(c)
      const { code, amount } = sent
      // The amount is what the page said: the catalog may have changed since.
      if (!choice || amount !== String(choice.money.amount) || !isCode(code)) throw new HTTPException(400)
      const form = { choice, code, typed: typedIn(sent) }
      const own = ownEmail(c)
      const parsed = ClaimForm.safeParse({ ...sent, email: own ?? sent.email })
      if (!parsed.success)
        return show(c, deps, codes, { ...form, problems: problemsIn(parsed.error, c.var.locale) }, 422)
      const tooMany = await countOne(c, deps)
      if (tooMany) return show(c, deps, codes, { ...form, notice: tooMany }, 429)
      const userId = own && c.var.user?.userId
      const { wall, ...typed } = parsed.data
      const onWall = wall !== undefined && isTip(choice) && tipChoiceOf(deps.features, c.var.locale) !== undefined
      const claim = await makeClaim(deps, { choice, code, ...typed, onWall, userId, locale: c.var.locale })
      if (typeof claim === 'string') {
        // Whoever writes a code a second time gets another for the next transfer.
        const again = claim === 'code-used' ? { ...form, code: newCode() } : form
        return show(c, deps, codes, { ...again, notice: words[c.var.locale].notClaimed[claim] }, 422)
      }
      return c.redirect(`/offline/claims/${claim.id}`, 303)
    })
}

/** The same page, what was typed elsewhere included. */
function withCode(c: Context): string {
  const { pathname, searchParams } = new URL(c.req.url)
  searchParams.set('code', newCode())
  return `${pathname}?${searchParams}`
}

function show(
  c: Context,
  { features }: ClaimDeps,
  codes: PaymentCode[],
  props: { choice: Choice } & Pick<PayProps, 'code' | 'typed' | 'problems' | 'notice'>,
  status: 200 | 422 | 429,
) {
  c.header('cache-control', 'no-store')
  const tipChoice = tipChoiceOf(features, c.var.locale)
  const page = <PayPage {...{ ...pageContext(c), codes, tipChoice, ownEmail: ownEmail(c), ...props }} />
  return renderPage(c, page, status)
}

/** Of somebody who is signed in and has proved it: what they pay is theirs. */
function ownEmail(c: Context): string | undefined {
  const { user } = c.var
  return user?.emailVerified ? user.email : undefined
}

/** What to tell who claims too often. Not thrown: an error page would lose what they typed. */
async function countOne(c: Context, { limits }: ClaimDeps): Promise<string | undefined> {
  try {
    await limits.count(c, 'claim')
    return undefined
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    c.header('retry-after', String(error.retryAfterSeconds))
    return tooManyText(error, c.var.locale)
  }
}

const asText = (value: unknown) => (typeof value === 'string' ? plain(value) : '')

function typedIn(sent: Record<string, unknown>): ClaimTyped {
  const { email, name, message, wall } = sent
  return { email: asText(email), name: asText(name), message: asText(message), wall: wall === 'yes' }
}

/** A word for each wrong field. What only a tampered form can send is a 400. */
function problemsIn(error: z.core.$ZodError, locale: Locale): Partial<Record<ClaimField, string>> {
  const t = words[locale]
  const problems: Partial<Record<ClaimField, string>> = {}
  for (const { path, message } of error.issues) {
    if (path[0] === 'email' && message === 'email') problems.email = t.notAnEmail
    else if ((path[0] === 'name' || path[0] === 'message') && message === 'tooLong') problems[path[0]] = t.tooLong
    else throw new HTTPException(400)
  }
  return problems
}
