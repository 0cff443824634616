import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { requireOwner } from '../auth/guards.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Feature } from '../feature.ts'
import { formatMoney } from '../money.ts'
import { isLocale, type Locale } from '../ui/i18n.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { SharePage } from './pages.tsx'
import { countSupporters, remembered } from './supporters.ts'
import { badgeSvg } from './svg.ts'
import { words } from './words.ts'

const MINUTES = 5

export interface BadgeDeps {
  db: Db
  config: Pick<Config, 'baseUrl' | 'locale'>
}

/** `/badge.svg` for a README, and `/dashboard/share` with what to copy. It leads to the tip page: without tips, it goes too. */
export function badge({ db, config }: BadgeDeps): Feature {
  const supporters = remembered(MINUTES, () => countSupporters(db))
  return {
    shared: new Hono().get('/badge.svg', async (c) => {
      const wanted = c.req.query('lang')
      return answerSvg(c, await badgeIn(isLocale(wanted) ? wanted : config.locale, await supporters()))
    }),
    routes: new Hono().get('/dashboard/share', requireOwner, (c) =>
      renderPage(c, <SharePage {...pageContext(c)} siteUrl={config.baseUrl} />),
    ),
    dashboard: {
      href: '/dashboard/share',
      title: { 'zh-CN': words['zh-CN'].title, en: words.en.title },
    },
  }
}

function badgeIn(locale: Locale, supporters: number): Promise<string> {
  const t = words[locale]
  const tip = t.tip(formatMoney(catalog.tip.presets[0]!, locale, { short: true }))
  return badgeSvg(tip, supporters === 0 ? t.nobody : t.supporters(supporters))
}

function answerSvg(c: Context, svg: string) {
  const etag = `"${createHash('sha256').update(svg).digest('hex').slice(0, 12)}"`
  c.header('Cache-Control', `public, max-age=${MINUTES * 60}`)
  c.header('ETag', etag)
  c.header('Cross-Origin-Resource-Policy', 'cross-origin')
  // A proxy that compresses makes our tag weak.
  if (c.req.header('If-None-Match')?.replace(/^W\//, '') === etag) return c.body(null, 304)
  return c.body(svg, 200, { 'Content-Type': 'image/svg+xml; charset=utf-8' })
}
