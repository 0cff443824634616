import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { catalog } from '../catalog.ts'
import { isLocale, type Locale, pickLocale } from './i18n.ts'
import type { PageContext } from './layout.tsx'

declare module 'hono' {
  interface ContextVariableMap {
    locale: Locale
    /** The parts of the dashboard; absent elsewhere. */
    tabs: { href: string; title: Record<Locale, string> }[] | undefined
  }
}

const COOKIE = 'lang'
const YEAR = 365 * 24 * 60 * 60

/** Finds the reader's language; `?lang=` is the switch, and is remembered. */
export function readLocale(fallback: Locale): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const query = c.req.query('lang')
    if (isLocale(query)) setCookie(c, COOKIE, query, { maxAge: YEAR, sameSite: 'Lax', path: '/', httpOnly: true })
    const acceptLanguage = c.req.header('accept-language')
    c.set('locale', pickLocale({ query, cookie: getCookie(c, COOKIE), acceptLanguage, fallback }))
    await next()
    c.header('vary', 'accept-language, cookie', { append: true })
  })
}

/** What every page is told about its request. */
export function pageContext(c: Context): PageContext {
  const { locale, siteUrl, withoutStripe, user, isOwner, tabs } = c.var
  const url = new URL(c.req.url)
  return {
    locale,
    path: url.pathname + url.search,
    shopName: catalog.name[locale as Locale],
    siteUrl,
    withoutStripe,
    user: isOwner ? 'owner' : user ? 'customer' : null,
    tabs: tabs?.map(({ href, title }) => ({ href, text: title[locale as Locale], current: href === url.pathname })),
  }
}
