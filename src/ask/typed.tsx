import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import { readBody } from '../auth/form.ts'
import { randomToken } from '../auth/tokens.ts'
import { plain } from '../plain-text.ts'
import type { Locale } from '../ui/i18n.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { BODY_LENGTH, isTextProblem, TITLE_LENGTH } from './form.ts'
import { SignedOutPage } from './pages.tsx'
import type { Typed } from './parts.tsx'
import { words } from './words.ts'

/** A session may end while somebody writes. What they wrote comes back, instead of the sign-in page. */
export const keepTyped = createMiddleware(async (c, next) => {
  if (c.var.user || c.req.method !== 'POST') return next()
  const typed = typedIn(await readBody(c))
  return typed.body ? renderPage(c, <SignedOutPage {...pageContext(c)} typed={typed} />, 401) : next()
})

/** What a form that comes back is filled with. */
export function typedIn(data: Record<string, unknown>): Typed {
  const text = (key: string) => (typeof data[key] === 'string' ? plain(data[key]) : undefined)
  return { title: text('title'), body: text('body'), request: text('request') || randomToken() }
}

/** A word for each wrong field. What only a tampered form can send is a 400. */
export function problemsIn(error: z.core.$ZodError, locale: Locale): { title?: string; body?: string } {
  const t = words[locale]
  const problems: { title?: string; body?: string } = {}
  for (const { path, message } of error.issues) {
    const [field] = path
    if ((field !== 'title' && field !== 'body') || !isTextProblem(message)) throw new HTTPException(400)
    problems[field] = message === 'missing' ? t.missing : t.tooLong(field === 'title' ? TITLE_LENGTH : BODY_LENGTH)
  }
  return problems
}
