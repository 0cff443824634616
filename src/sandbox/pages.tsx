import { readFileSync } from 'node:fs'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { secureHeaders } from 'hono/secure-headers'
import type { StatusCode } from 'hono/utils/http-status'
import { type Language, words } from './words.ts'

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8')

export const styles = () =>
  new Hono().get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))

/** Forms come from our own pages only, and no page runs a script. */
export const guards = [
  csrf(),
  secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'self'"], frameSrc: ["'self'"], baseUri: ["'none'"] },
  }),
] as const

interface Page {
  title: string
  language: Language
  status?: StatusCode
  className?: string
}

export function page(c: Context, { title, language, status = 200, className }: Page, content: Child) {
  const say = words[language]
  c.status(status)
  c.header('Cache-Control', 'no-store')
  return c.html(
    html`<!doctype html>${(
      <html lang={language === 'zh' ? 'zh-CN' : 'en'}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${title} · ${say.sandbox}`}</title>
          <link rel="stylesheet" href="/sandbox/style.css" />
        </head>
        <body>
          <div class="sandbox">
            <b>{say.sandbox}</b>
            <span>{say.noMoney}</span>
          </div>
          <main class={className}>{content}</main>
        </body>
      </html>
    )}`,
  )
}
