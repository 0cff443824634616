import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { tooManyText } from './auth/limit-words.ts'
import { TooMany } from './auth/limits.ts'
import { catalog } from './catalog.ts'
import { isDatabaseDown } from './db/is-down.ts'
import { log } from './log.ts'
import { isStripeDown } from './payments/stripe.ts'
import { type Locale, pickLocale } from './ui/i18n.ts'
import { renderPage } from './ui/layout.tsx'
import { pageContext } from './ui/locale.ts'
import { ProblemPage } from './ui/problem-page.tsx'

type Status = 400 | 403 | 404 | 413 | 429 | 500 | 503

/** The top of everything that was thrown: a page in the reader's language. What we did not expect is logged. */
export function answerError(error: Error, c: Context) {
  if (error instanceof TooMany) {
    c.header('Retry-After', String(error.retryAfterSeconds))
    return problem(c, 429, (locale) => tooManyText(error, locale))
  }
  if (error instanceof HTTPException) return problem(c, statusOf(error))
  if (isDatabaseDown(error) || isStripeDown(error)) {
    log.warn(error.message)
    c.header('Retry-After', '10')
    return problem(c, 503)
  }
  log.error(error)
  return problem(c, 500)
}

export function answerNotFound(c: Context) {
  return problem(c, 404)
}

function statusOf(error: HTTPException): Status {
  const known: Status[] = [400, 403, 404, 413, 429, 500, 503]
  return known.find((status) => status === error.status) ?? (error.status >= 500 ? 500 : 400)
}

function problem(c: Context, status: Status, text?: (locale: Locale) => string) {
  // What went wrong may have been the very thing that tells who is here: ask nothing of it.
  const locale = c.var.locale ?? pickLocale({ acceptLanguage: c.req.header('accept-language'), fallback: 'zh-CN' })
  // What went wrong may have come before the reader was known; the dashboard's tabs are for its pages.
  const known = c.var.locale && { ...pageContext(c), tabs: undefined }
  const context = known ?? { locale, path: c.req.path, shopName: catalog.name[locale] }
  return renderPage(c, <ProblemPage {...context} status={status} text={text?.(locale)} />, status)
}
