import { catalog } from '../catalog.ts'
import { Field } from '../ui/form.tsx'
import { formatDate, type Locale, relativeTime } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { calledOf, planName, Totals } from './parts.tsx'
import { activeAt, type Person } from './people.ts'
import { hrefOf } from './person.ts'
import { words } from './words.ts'

export interface PeoplePageProps extends PageContext {
  people: Person[]
  timeZone: string
  now: Date
  /** What was typed to search for; '' when nothing. */
  typed: string
  isTooLong: boolean
  /** More were found than are shown. */
  isMany: boolean
  /** Not at the top of the list. */
  isFurther: boolean
  older: string | undefined
}

export function PeoplePage(props: PeoplePageProps) {
  const { people, timeZone, now, typed, isTooLong, isMany, isFurther, older, ...context } = props
  const { locale } = context
  const t = words[locale]
  const isSearch = typed !== '' && !isTooLong
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      <form method="get" action="/dashboard/people" novalidate>
        <Field
          label={t.search}
          name="q"
          type="search"
          value={typed}
          hint={t.searchHint}
          error={isTooLong ? t.tooLong : undefined}
          autocomplete="off"
        />
        <button type="submit" class="button quiet">
          {t.submit}
        </button>
        {typed !== '' && (
          <p class="small">
            <a href="/dashboard/people">{t.reset}</a>
          </p>
        )}
      </form>
      <section>
        {people.length === 0 && (
          <p class="muted">{isSearch ? t.noneFound : isFurther || older ? t.noneHere : t.none}</p>
        )}
        <ul class="rows">
          {people.map((person) => (
            <Row {...{ person, locale, timeZone, now }} />
          ))}
        </ul>
        {isMany && <p class="muted">{t.many(people.length)}</p>}
        {isSearch && (
          <p class="small muted">
            {t.names} <a href={`/dashboard/payments?${new URLSearchParams({ q: typed })}`}>{t.morePayments}</a>
          </p>
        )}
        <p>
          {isFurther && <a href="/dashboard/people">{t.newest}</a>} {older && <a href={older}>{t.older}</a>}
        </p>
      </section>
    </Page>
  )
}

interface RowProps {
  person: Person
  locale: Locale
  timeZone: string
  now: Date
}

function Row({ person, locale, timeZone, now }: RowProps) {
  const t = words[locale]
  const { id, name, email, plans, credits, userId } = person
  const at = activeAt(person)
  const facts = [
    name && email,
    ...plans.map(({ plan }) => planName(plan, locale)),
    credits ? catalog.credits[locale](credits) : undefined,
  ]
  const when = at && relativeTime(at, locale, now)
  return (
    <li>
      <a href={hrefOf(id)}>{calledOf(person, locale)}</a>
      <Totals {...{ person, locale }} />
      <small>
        {facts.filter(Boolean).map((fact) => `${fact} · `)}
        {at && (
          <time datetime={at.toISOString()} title={formatDate(at, locale, timeZone, 'dateTime')}>
            {userId ? t.seen(when!) : t.paidAt(when!)}
          </time>
        )}
      </small>
    </li>
  )
}
