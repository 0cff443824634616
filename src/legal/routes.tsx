import { type Context, Hono } from 'hono'
import type { Config } from '../config.ts'
import type { Feature } from '../feature.ts'
import { Page, renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { rendered } from '../ui/markdown.ts'
import { type LegalText, readText } from './texts.ts'
import { words } from './words.ts'

const PATHS: Record<LegalText, `/${string}`> = {
  terms: '/terms',
  privacy: '/privacy',
  refunds: '/refunds',
}
const names = Object.keys(PATHS) as LegalText[]

export interface LegalDeps {
  config: Pick<Config, 'baseUrl' | 'ownerEmail' | 'stripe'>
}

/** Terms, privacy and refunds: what they say stands in zh-CN/*.md and en/*.md beside this file. Read them before you go live. */
export function legal(deps: LegalDeps): Feature {
  const routes = new Hono()
  for (const name of names) routes.get(PATHS[name], (c) => show(c, deps, name))
  return {
    routes,
    footer: names.map((name) => ({
      href: PATHS[name],
      text: { 'zh-CN': words['zh-CN'][name], en: words.en[name] },
    })),
  }
}

async function show(c: Context, deps: LegalDeps, name: LegalText) {
  const { title, summary, body } = await readText(name, c.var.locale, deps.config)
  return renderPage(
    c,
    <Page {...pageContext(c)} title={title} description={summary}>
      <article class="prose">
        <h1>{title}</h1>
        {rendered(body, { isPage: true })}
      </article>
    </Page>,
  )
}
