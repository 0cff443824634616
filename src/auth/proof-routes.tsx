import { type Context, Hono } from 'hono'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { type Form, readForm } from './form.ts'
import { NewPassword, type PasswordProblem } from './passwords.ts'
import { CodePage, LinkPage, LinkProblemPage } from './proof-pages.tsx'
import { type ProofRequest, peekBrowser, peekLink, requestProof, useCode, useLink } from './proofs.ts'
import { redeem } from './redeem.ts'
import { shortCookie } from './short-cookie.ts'
import type { AuthDeps } from './sign-in.ts'

/** Where the link of a mail leads to, and where its code is typed. */
export function proofRoutes(deps: AuthDeps): Hono {
  return new Hono()
    .get('/sign-in/link', (c) => showLink(c, deps))
    .post('/sign-in/link', async (c) => useLinkForm(c, deps, await readForm(c)))
    .get('/verify-email', (c) => showLink(c, deps))
    .post('/verify-email', async (c) => useLinkForm(c, deps, await readForm(c)))
    .get('/sign-in/code', (c) => showCode(c, deps))
    .post('/sign-in/code', async (c) => {
      const form = await readForm(c)
      const browser = cookieOf(c, deps).get()
      const waiting = browser && (await peekBrowser(deps.db, browser))
      if (!waiting) return renderPage(c, <LinkProblemPage {...pageContext(c)} />, 400)
      await deps.limits.count(c, 'code', waiting.email)
      const password = waiting.purpose === 'reset' ? await newPassword(form) : {}
      if (password.problem) return showCode(c, deps, { password: password.problem })
      const proof = await useCode(deps.db, (form.code ?? '').replace(/\s/g, '').slice(0, 12), browser)
      if (!proof) return showCode(c, deps, { code: true })
      cookieOf(c, deps).drop()
      return redeem(c, deps, proof, { method: 'code', password: password.value })
    })
}

/** Sends the mail and shows where the code is typed. The same for every address, whether or not it has an account. */
export async function askForProof(c: Context, deps: AuthDeps, request: Omit<ProofRequest, 'locale'>) {
  await deps.limits.count(c, 'mail', request.email)
  const { locale } = c.var
  const browser = await deps.db.transaction().execute((trx) => requestProof(deps.jobs, trx, { ...request, locale }))
  deps.jobs.wake('mail')
  cookieOf(c, deps).set(browser, 15)
  return c.redirect('/sign-in/code', 303)
}

/** Only the button uses a link up: mail scanners and previews open every link they see. */
export async function showLink(c: Context, { db }: AuthDeps, form: Form = {}, problem?: PasswordProblem) {
  const token = form.token ?? c.req.query('token') ?? ''
  const link = await peekLink(db, token)
  if (!link) return renderPage(c, <LinkProblemPage {...pageContext(c)} />, 400)
  const page = <LinkPage {...pageContext(c)} {...link} token={token} action={c.req.path} problem={problem} />
  return renderPage(c, page, problem ? 422 : 200)
}

export async function useLinkForm(c: Context, deps: AuthDeps, form: Form) {
  const token = form.token ?? ''
  const link = await peekLink(deps.db, token)
  const password = link?.purpose === 'reset' ? await newPassword(form) : {}
  if (password.problem) return showLink(c, deps, form, password.problem)
  const browser = cookieOf(c, deps).get()
  const proof = link && (await deps.db.transaction().execute((trx) => useLink(trx, token, browser)))
  if (!proof) return renderPage(c, <LinkProblemPage {...pageContext(c)} />, 400)
  cookieOf(c, deps).drop()
  return redeem(c, deps, proof, { method: 'link', password: password.value })
}

async function showCode(c: Context, deps: AuthDeps, problems: { code?: boolean; password?: PasswordProblem } = {}) {
  const browser = cookieOf(c, deps).get()
  const waiting = browser && (await peekBrowser(deps.db, browser))
  if (!waiting) return c.redirect('/sign-in')
  const page = <CodePage {...pageContext(c)} {...waiting} problems={problems} />
  return renderPage(c, page, Object.keys(problems).length > 0 ? 422 : 200)
}

async function newPassword({ password = '' }: Form): Promise<{ value?: string; problem?: PasswordProblem }> {
  const typed = await NewPassword.safeParseAsync(password)
  return typed.success ? { value: password } : { problem: typed.error.issues[0]!.message as PasswordProblem }
}

const cookieOf = (c: Context, { config }: AuthDeps) => shortCookie(c, config, 'proof')
