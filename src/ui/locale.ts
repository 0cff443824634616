import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { catalog } from '../catalog.ts'
import { isLocale, type Locale, pickLocale } from './i18n.ts'
import type { PageContext, Tab } from './layout.tsx'

declare module 'hono' {
  interface ContextVariableMap {
    locale: Locale
    /** What this browser was switched to. */
    rememberedLocale: string | undefined
    /** What the features put into the header. */
    links: { href: string; text: Record<Locale, string> }[] | undefined
    /** And at the foot of the page. */
    footerLinks: { href: string; text: Record<Locale, string> }[] | undefined
    /** The parts of the dashboard; absent elsewhere. */
    tabs: { href: string; title: Record<Locale, string> }[] | undefined
  }
}

const COOKIE = 'lang'
const YEAR = 365 * 24 * 60 * 60

/**
 * Finds the reader's language; `?lang=` is the switch, and is remembered. The account's comes later, see speakTo. `secure`: by
 * https alone.
 */
export function readLocale(fallback: Locale, secure: boolean): MiddlewareHandler {
  const name = secure ? `__Host-${COOKIE}` : COOKIE
  return createMiddleware(async (c, next) => {
    const query = switchedTo(c)
    if (query) setCookie(c, name, query, { maxAge: YEAR, sameSite: 'Lax', path: '/', httpOnly: true, secure })
    const cookie = getCookie(c, name)
    c.set('rememberedLocale', cookie)
    c.set('locale', pickLocale({ query, cookie, acceptLanguage: c.req.header('accept-language'), fallback }))
    await next()
    c.header('vary', 'accept-language, cookie', { append: true })
  })
}

/** The language that this very request switches to. */
export function switchedTo(c: Context): Locale | undefined {
  const query = c.req.query('lang')
  return isLocale(query) ? query : undefined
}

/** Who is signed in reads their own language, unless this browser was switched to one. */
export function speakTo(c: Context, account: string | null): void {
  const said = { query: c.req.query('lang'), cookie: c.var.rememberedLocale, account: account ?? undefined }
  c.set('locale', pickLocale({ ...said, fallback: c.var.locale }))
}

/** What every page is told about its request. */
export function pageContext(c: Context): PageContext {
  const { locale, siteUrl, withoutStripe, user, isOwner, tabs } = c.var
  const url = new URL(c.req.url)
  const linked = (links: Context['var']['links'] = []) =>
    links.map(({ href, text }) => ({ href, text: text[locale as Locale], ...marked(href, url.pathname) }))
  return {
    locale,
    path: url.pathname + url.search,
    shopName: catalog.name[locale as Locale],
    siteUrl,
    withoutStripe,
    user: isOwner ? 'owner' : user ? 'customer' : null,
    links: linked(c.var.links),
    footerLinks: linked(c.var.footerLinks),
    tabs: tabs && tabsAt(url.pathname, tabs, locale),
  }
}

/** The tab of a page is the nearest above it: a payment's page, which has none of its own, is under the overview. */
function tabsAt(path: string, tabs: NonNullable<Context['var']['tabs']>, locale: Locale): Tab[] {
  const above = tabs.filter(({ href }) => marked(href, path).current)
  const nearest = above.toSorted((a, b) => b.href.length - a.href.length)[0]
  return tabs.map((tab) => ({
    href: tab.href,
    text: tab.title[locale],
    ...(tab === nearest && marked(tab.href, path)),
  }))
}

/** Whether a link leads to this page, or to one that it is under. */
function marked(href: string, path: string): Pick<Tab, 'current'> {
  if (href === path) return { current: 'page' }
  return path.startsWith(`${href}/`) ? { current: 'true' } : {}
}
