import { type Context, Hono } from 'hono'
import { isLocale, type Locale, locales } from '../src/ui/i18n.ts'
import { render } from './index.ts'
import { type Sample, sampleMails } from './samples.ts'

const SCHEMES = ['light', 'dark'] as const
type Scheme = (typeof SCHEMES)[number]

const NAMES: Record<Locale, string> = { 'zh-CN': '中文', en: 'English' }
// No >: it would be escaped.
const STYLE = `:root{color-scheme:light dark;background:light-dark(#fbf7f0,#161311);color:light-dark(#1f1a17,#f3ebdf);font-family:system-ui,sans-serif;line-height:1.5}
body{max-width:100rem;margin:0 auto;padding:16px 20px}
a{color:inherit;text-underline-offset:.2em}
h2{margin:48px 0 0;font-size:1.25rem}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-bottom:16px;font-size:.875rem}
section div{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:16px;align-items:start}
iframe{width:100%;height:36rem;border:1px solid #8886;border-radius:8px}
pre{margin:0;padding:16px;border:1px solid #8886;border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
[aria-current]{font-weight:700}`

/** For development alone: every mail, light, dark and as plain text, in each language. Mount at `at`. */
export function emailPreviews(at: string): Hono {
  return new Hono()
    .get('/', (c) => {
      const locale = localeOf(c)
      c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'")
      return c.html(`<!doctype html>${<AllMails at={at} locale={locale} samples={sampleMails(locale)} />}`)
    })
    .get('/:template/:variant', (c) => {
      const name = `${c.req.param('template')}/${c.req.param('variant')}`
      const sample = sampleMails(localeOf(c)).find((one) => one.name === name)
      if (!sample) return c.notFound()
      c.header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; sandbox",
      )
      return c.html(inScheme(render(sample.message).html, c.req.query('scheme') === 'dark' ? 'dark' : 'light'))
    })
}

function localeOf(c: Context): Locale {
  const lang = c.req.query('lang')
  return isLocale(lang) ? lang : locales[0]
}

/** As a mail program in that scheme shows it, whichever this browser is in. */
function inScheme(html: string, scheme: Scheme): string {
  return html
    .replaceAll('(prefers-color-scheme:dark)', scheme === 'dark' ? 'all' : 'not all')
    .replace('content="light dark"', `content="${scheme}"`)
}

function AllMails({ at, locale, samples }: { at: string; locale: Locale; samples: Sample[] }) {
  return (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>emails/</title>
        <style>{STYLE}</style>
      </head>
      <body>
        <h1>emails/</h1>
        <nav aria-label="Language">
          {locales.map((one) => (
            <a href={`${at}?lang=${one}`} aria-current={one === locale ? 'page' : undefined}>
              {NAMES[one]}
            </a>
          ))}
        </nav>
        <nav aria-label="Emails">
          {samples.map(({ name }) => (
            <a href={`#${name}`}>{name}</a>
          ))}
        </nav>
        {samples.map((sample) => (
          <OneMail {...{ at, locale, sample }} />
        ))}
      </body>
    </html>
  )
}

function OneMail({ at, locale, sample: { name, message } }: { at: string; locale: Locale; sample: Sample }) {
  const { subject, text } = render(message)
  return (
    <section id={name}>
      <h2>{subject}</h2>
      <p>
        <code>{name}</code>
      </p>
      <div>
        {SCHEMES.map((scheme) => (
          <iframe
            src={`${at}/${name}?lang=${locale}&scheme=${scheme}`}
            title={`${name} ${scheme}`}
            loading="lazy"
            sandbox=""
          />
        ))}
        <pre>{text}</pre>
      </div>
    </section>
  )
}
