import type { Context } from 'hono'
import { html } from 'hono/html'
import type { PropsWithChildren } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Locale, locales } from './i18n.ts'
import { Preview } from './preview.tsx'
import { assetUrl } from './static.ts'
import { words } from './words.ts'

/** What every page is told about the request. */
export interface PageContext {
  locale: Locale
  /** Path and query of this page: the language switch leads to the same place. */
  path: string
  shopName: string
  /** The site's public origin, for what is read elsewhere. */
  siteUrl?: string | undefined
  withoutStripe?: boolean | undefined
  user?: 'owner' | 'customer' | null | undefined
  /** The parts of the dashboard, on its pages. */
  tabs?: Tab[] | undefined
  /** Of the header. */
  links?: Tab[] | undefined
  footerLinks?: Tab[] | undefined
}

export interface Tab {
  href: string
  text: string
  /** This very page, or one under it. */
  current?: 'page' | 'true'
}

export type PageProps = PropsWithChildren<
  PageContext & {
    title: string
    /** What a page is about that may be found and sent on; others have none. */
    description?: string
    /** One column for reading and paying; without it the page is as wide as the dashboard. */
    narrow?: boolean
    /** For whoever has the link, and no search engine. */
    noindex?: boolean
    refreshSeconds?: number | undefined
    /** Instead of what the other pages say of Stripe. */
    footer?: string
  }
>

/** Answers with a whole page: `return renderPage(c, <TipPage … />, 422)`. */
export function renderPage(c: Context, page: JSX.Element, status: ContentfulStatusCode = 200) {
  return c.html(html`<!doctype html>${page}`, status)
}

export function Page(props: PageProps) {
  const { title, description, narrow, noindex, refreshSeconds, footer, children, ...context } = props
  const { locale, shopName, tabs } = context
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === shopName ? title : `${title} · ${shopName}`}</title>
        {description && <Preview {...context} title={title} description={description} />}
        {noindex && <meta name="robots" content="noindex" />}
        {refreshSeconds && <meta http-equiv="refresh" content={String(refreshSeconds)} />}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbf7f0" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#161311" media="(prefers-color-scheme: dark)" />
        <link rel="icon" type="image/svg+xml" href={assetUrl('favicon.svg')} />
        <link rel="stylesheet" href={assetUrl('style.css')} />
      </head>
      <body>
        <a class="skip" href="#main">
          {words[locale].skip}
        </a>
        <Header {...context} />
        {tabs && <Tabs tabs={tabs} label={words[locale].sections} />}
        <main id="main" class={narrow ? 'narrow' : undefined}>
          {children}
        </main>
        {context.user !== 'owner' && <Footer {...context} text={footer} />}
      </body>
    </html>
  )
}

function Header({ locale, path, shopName, user, links = [] }: PageContext) {
  const t = words[locale]
  const inside = path.startsWith('/dashboard')
  return (
    <header class="bar">
      <a class="mark" href="/">
        {shopName}
      </a>
      {user === 'owner' && !inside && <a href="/dashboard">{t.dashboard}</a>}
      {user !== 'owner' &&
        links.map(({ href, text, current }) => (
          <a href={href} aria-current={current}>
            {text}
          </a>
        ))}
      {(user === 'customer' || (user && inside)) && <a href="/account">{t.account}</a>}
      {user ? (
        <form method="post" action="/sign-out">
          <button type="submit">{t.signOut}</button>
        </form>
      ) : (
        <a href="/sign-in">{t.signIn}</a>
      )}
      {locales
        .filter((other) => other !== locale)
        .map((other) => (
          <a href={inLanguage(path, other)} lang={other} hreflang={other}>
            {LANGUAGE_NAMES[other]}
          </a>
        ))}
    </header>
  )
}

const LANGUAGE_NAMES: Record<Locale, string> = { 'zh-CN': '中文', en: 'English' }

function inLanguage(path: string, locale: Locale): string {
  const url = new URL(path.replace(/^[/\\]+/, '/'), 'http://here')
  url.searchParams.set('lang', locale)
  // Never "//elsewhere", which a browser reads as another site.
  return url.pathname.replace(/^\/+/, '/') + url.search
}

function Footer({ locale, withoutStripe, footerLinks = [], text }: PageContext & { text: string | undefined }) {
  const t = words[locale]
  return (
    <footer>
      {text ?? (withoutStripe ? t.footerDirect : t.footer)}
      {footerLinks.length > 0 && (
        <nav aria-label={t.about}>
          {footerLinks.map(({ href, text, current }) => (
            <a href={href} aria-current={current}>
              {text}
            </a>
          ))}
        </nav>
      )}
    </footer>
  )
}

function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ href, text, current }) => (
        <a href={href} aria-current={current}>
          {text}
        </a>
      ))}
    </nav>
  )
}
