import { catalog } from '../catalog.ts'
import { decimal } from '../money.ts'
import { LeftTable } from '../payments/what-is-left.tsx'
import { type Locale, locales } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { words } from './words.ts'

/** What to copy: the link to the tip page, and the badge in each language. */
export function SharePage({ siteUrl, ...context }: PageContext & { siteUrl: string }) {
  const t = words[context.locale]
  const tipUrl = `${siteUrl}/tip`
  const amount = decimal(catalog.tip.presets.at(-1)!)
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.heading}</h1>
      <p class="lead">{t.lead}</p>
      <section>
        <h2>{t.link}</h2>
        <Copy name="link" label={t.copy} text={tipUrl} rows={1} />
        <p class="small muted">{t.prefilled(`${tipUrl}?amount=${amount}&message=…`)}</p>
        {!context.withoutStripe && <LeftTable amounts={catalog.tip.presets} locale={context.locale} />}
      </section>
      {locales.map((locale) => (
        <Badge siteUrl={siteUrl} locale={locale} />
      ))}
    </Page>
  )
}

function Badge({ siteUrl, locale }: { siteUrl: string; locale: Locale }) {
  const t = words[locale]
  const path = `/badge.svg?lang=${locale}`
  const image = siteUrl + path
  const link = `${siteUrl}/tip`
  return (
    <section lang={locale}>
      <h2>{t.language}</h2>
      <p>
        <img src={path} alt={t.badge} height="24" />
      </p>
      <Copy name={`markdown-${locale}`} label={t.markdown} text={`[![${t.badge}](${image})](${link})`} />
      <Copy
        name={`html-${locale}`}
        label={t.html}
        text={`<a href="${link}"><img src="${image}" alt="${t.badge}" height="24"></a>`}
      />
    </section>
  )
}

/** Text to copy without a script: a click into it and "select all" take nothing else along. */
function Copy({ name, label, text, rows = 3 }: { name: string; label: string; text: string; rows?: number }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <textarea id={name} rows={rows} readonly spellcheck={false}>
        {text}
      </textarea>
    </div>
  )
}
