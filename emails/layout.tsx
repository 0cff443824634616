import type { Child, PropsWithChildren } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Locale } from '../src/ui/i18n.ts'

export interface Email {
  subject: string
  html: string
  text: string
}

const FONT =
  "font-family:system-ui,-apple-system,'Segoe UI','PingFang SC','Noto Sans SC','Microsoft YaHei',sans-serif;line-height:1.6"

// Styles stand on the elements: many mail programs drop a style sheet. The sheet is for those that read it: dark mode, and what others wrote.
export const styles = {
  body: `margin:0;padding:0;background:#fbf7f0;color:#1f1a17;${FONT};font-size:16px`,
  wrap: 'max-width:600px;margin:0 auto;padding:24px 16px',
  mark: 'margin:0 0 16px;font-weight:700',
  packet:
    'display:inline-block;width:12px;height:16px;border-radius:3px;background:#b8291a;vertical-align:-2px;margin-right:8px',
  card: 'background:#ffffff;border:1px solid #e8dfd3;border-radius:12px;padding:24px',
  heading: 'margin:0 0 8px;font-size:20px;line-height:1.3;font-weight:600',
  amount: 'margin:0 0 16px;font-size:40px;line-height:1.1;font-weight:700;letter-spacing:-1px',
  text: 'margin:0 0 16px',
  muted: 'color:#6b6058',
  small: 'margin:16px 0 0;font-size:13px;color:#6b6058',
  quoteName: 'margin:0 0 4px;font-size:14px;color:#6b6058',
  quote: 'margin:0 0 16px;padding:8px 16px;border-left:3px solid #b8291a;white-space:pre-line;overflow-wrap:anywhere',
  written: 'margin:0 0 16px;padding:8px 16px;border-left:3px solid #b8291a;overflow-wrap:anywhere',
  table: 'width:100%;border-collapse:collapse;font-size:14px',
  name: 'padding:8px 16px 8px 0;border-top:1px solid #e8dfd3;color:#6b6058;text-align:left;vertical-align:top;font-weight:400;white-space:nowrap',
  value: 'padding:8px 0;border-top:1px solid #e8dfd3;text-align:right;overflow-wrap:anywhere',
  button:
    'display:inline-block;margin-top:16px;padding:12px 24px;border-radius:12px;background:#b8291a;color:#ffffff;font-weight:600;text-decoration:none',
  link: 'color:inherit',
  candy: 'margin:0 0 8px;font-size:40px;line-height:1',
  milestone: 'margin:0 0 16px;font-weight:600;color:#8a6413',
} as const

const SHEET = `a{color:inherit}pre{white-space:pre-wrap;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){
body,.paper{background:#161311!important;color:#f3ebdf!important}
.card{background:#1f1b18!important;border-color:#342d27!important;color:#f3ebdf!important}
.muted{color:#a79c90!important}
.line{border-color:#342d27!important}
.gold{color:#d8b25c!important}
.action{background:#e5654f!important;color:#1b0b07!important}
}`

interface LayoutProps {
  locale: Locale
  shopName: string
  /** What the inbox shows after the subject. */
  preview: string
  footer: Child
}

export function Layout({ locale, shopName, preview, footer, children }: PropsWithChildren<LayoutProps>) {
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{shopName}</title>
        <style>{SHEET}</style>
      </head>
      <body class="paper" style={styles.body}>
        <div style="display:none;max-height:0;overflow:hidden">{preview}</div>
        <div style={styles.wrap}>
          <p style={styles.mark}>
            <span style={styles.packet} />
            {shopName}
          </p>
          <div class="card" style={styles.card}>
            {children}
          </div>
          <p class="muted" style={styles.small}>
            {footer}
          </p>
        </div>
      </body>
    </html>
  )
}

export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <table style={styles.table}>
      {facts.map(([name, value]) => (
        <tr>
          <th scope="row" class="muted line" style={styles.name}>
            {name}
          </th>
          <td class="line" style={styles.value}>
            {value}
          </td>
        </tr>
      ))}
    </table>
  )
}

export function Action({ href, children }: PropsWithChildren<{ href: string }>) {
  return (
    <a class="action" href={href} style={styles.button}>
      {children}
    </a>
  )
}

export type Fact = [name: string, value: string]

/** The facts that are known: those without a value are left out. */
export function known(facts: [name: string, value: string | undefined][]): Fact[] {
  return facts.filter((fact): fact is Fact => Boolean(fact[1]))
}

export function factLines(facts: Fact[], locale: Locale): string {
  const colon = locale === 'zh-CN' ? '：' : ': '
  return facts.map(([name, value]) => `${name}${colon}${value}`).join('\n')
}

/** Paragraphs of a plain text mail. */
export function paragraphs(...parts: (string | undefined | false)[]): string {
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

/** What a person wrote, so that nobody takes it for our words. */
export function quoted(message: string): string {
  return message.replace(/^/gm, '> ')
}

/** A subject is one line, whatever a person typed. */
export function subjectLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length <= 120 ? line : `${Array.from(line).slice(0, 119).join('')}…`
}

export function toHtml(mail: JSX.Element): string {
  return `<!doctype html>${mail}`
}
