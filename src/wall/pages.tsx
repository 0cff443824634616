import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Phrases } from '../ui/phrases.tsx'
import type { Supporter } from './supporters.ts'
import { words } from './words.ts'

interface WallProps extends PageContext {
  supporters: Supporter[]
  timeZone: string
}

export function SupportersPage({ supporters, timeZone, ...context }: WallProps) {
  const { locale } = context
  const t = words[locale]
  const isEmpty = supporters.length === 0
  return (
    <Page {...context} title={t.title} description={t.lead} narrow>
      <h1>
        <Phrases text={isEmpty ? t.emptyHeading : t.heading} />
      </h1>
      <p class="lead">{isEmpty ? t.empty : t.lead}</p>
      <ul class="rows">
        {supporters.map((supporter) => (
          <li>
            <Said {...{ supporter, locale, timeZone }} />
          </li>
        ))}
      </ul>
      <a class="button" href="/tip">
        {t.tip}
      </a>
    </Page>
  )
}

/** The month is enough: the day is nobody's business. */
function Said({ supporter, locale, timeZone }: { supporter: Supporter; locale: Locale; timeZone: string }) {
  const { name, message, at } = supporter
  return (
    <>
      <bdi>{name ?? words[locale].someone}</bdi>
      <span class="small muted">{formatDate(at, locale, timeZone, 'month')}</span>
      {message && <q>{message}</q>}
    </>
  )
}

export function OwnerPage({ supporters, timeZone, ...context }: WallProps) {
  const { locale } = context
  const t = words[locale].owner
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.title}</h1>
      <p class="lead">
        {t.lead} <a href="/supporters">{t.public}</a>
      </p>
      {supporters.length === 0 && <p class="muted">{t.none}</p>}
      <ul class="rows">
        {supporters.map((supporter) => (
          <li>
            <Said {...{ supporter, locale, timeZone }} />
            <HideForm locale={locale} supporter={supporter} from="list" />
          </li>
        ))}
      </ul>
    </Page>
  )
}

export function HideForm({
  supporter: { id, name, isHidden },
  locale,
  from,
}: {
  supporter: Supporter
  locale: Locale
  from: 'list' | 'payment'
}) {
  const t = words[locale].owner
  const who = name ?? words[locale].someone
  return (
    <form method="post" action={`/dashboard/supporters/${id}/${isHidden ? 'show' : 'hide'}?from=${from}`}>
      <span class="small muted">{isHidden ? t.hidden : t.shown}</span>{' '}
      <button type="submit" class="plain" aria-label={isHidden ? t.showNamed(who) : t.hideNamed(who)}>
        {isHidden ? t.show : t.hide}
      </button>
    </form>
  )
}
