import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { catalog } from '../catalog.ts'
import { formatMoney } from '../money.ts'
import { currencyName, formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { Ago } from '../ui/time.tsx'
import { NoteSection } from './note-section.tsx'
import { calledOf, planName } from './parts.tsx'
import { Payments } from './payments-section.tsx'
import type { Paid, Person } from './people.ts'
import type { PersonsPayment, PersonsSubscription } from './person.ts'
import { words } from './words.ts'

export interface PersonPageProps extends PageContext {
  person: Person
  subscriptions: PersonsSubscription[]
  payments: PersonsPayment[]
  /** As typed, when it was too long; undefined for whom none can be kept. */
  note: { text: string; problem?: string | undefined } | undefined
  wasNoted: boolean
  timeZone: string
  now: Date
  /** Of the optional features. */
  parts: JSX.Element[]
}

export function PersonPage(props: PersonPageProps) {
  const { person, subscriptions, payments, note, wasNoted, timeZone, now, parts, ...context } = props
  const { locale } = context
  const t = words[locale]
  const { name, email, userId, id } = person
  const called = calledOf(person, locale)
  return (
    <Page {...context} title={called} narrow>
      <p class="status">{userId ? t.account : t.guest}</p>
      <h1>{called}</h1>
      {name && email && <p class="lead">{email}</p>}
      {wasNoted && (
        <p class="notice" role="status">
          {t.noted}
        </p>
      )}
      <section>
        <ul class="rows">
          <Facts {...{ person, subscriptions, locale, timeZone, now }} />
        </ul>
      </section>
      {parts}
      {note && <NoteSection {...{ locale, id, note }} isGuest={!userId} />}
      <Payments {...{ locale, timeZone, payments }} />
      <p class="small">
        <a href="/dashboard/people">{t.back}</a>
      </p>
    </Page>
  )
}

type FactsProps = Pick<PersonPageProps, 'person' | 'subscriptions' | 'timeZone' | 'now'> & { locale: Locale }

function Facts({ person, subscriptions, locale, timeZone, now }: FactsProps) {
  const t = words[locale]
  const { paid, plans, credits, userId, seenAt, since, lastPaidAt } = person
  const day = (date: Date) => formatDate(date, locale, timeZone, 'date')
  // A subscription that goes on says so itself; beside one that does not, a pass may still be open.
  const goOn = subscriptions.filter(({ status }) => status === 'active' || status === 'trialing')
  const passes = plans.filter(({ plan }) => !goOn.some((subscription) => subscription.plan === plan))
  const earliest = [since, ...paid.map(({ firstPaidAt }) => firstPaidAt)].filter((date) => date !== null)
  return (
    <>
      {paid.map((one) => (
        <PaidFact {...{ locale, paid: one }} />
      ))}
      {passes.map(({ plan, until }) => (
        <Fact label={planName(plan, locale)}>{t.untilDay(day(until))}</Fact>
      ))}
      {subscriptions.map((subscription) => (
        <SubscriptionFact {...{ locale, subscription, day }} />
      ))}
      {userId && <Fact label={t.credits}>{catalog.credits[locale](credits ?? 0)}</Fact>}
      {seenAt && (
        <Fact label={t.lastSeen}>
          <Ago at={seenAt} {...{ locale, timeZone, now }} />
        </Fact>
      )}
      {lastPaidAt && (
        <Fact label={t.lastPaid}>
          <Ago at={lastPaidAt} {...{ locale, timeZone, now }} />
        </Fact>
      )}
      {earliest.length > 0 && (
        <Fact label={t.since}>{day(new Date(Math.min(...earliest.map((date) => date.getTime()))))}</Fact>
      )}
    </>
  )
}

function Fact({ label, note, children }: { label: string; note?: string | undefined; children?: Child }) {
  return (
    <li>
      <span class="muted">{label}</span>
      <span>{children}</span>
      {note && <small>{note}</small>}
    </li>
  )
}

function PaidFact({ locale, paid: { currency, paid, refunded, disputed, kept } }: { locale: Locale; paid: Paid }) {
  const t = words[locale]
  const text = (amount: number) => formatMoney({ amount, currency }, locale)
  const note =
    kept === paid ? undefined : t.parts(text(paid), refunded ? text(refunded) : '', disputed ? text(disputed) : '')
  return (
    <li>
      <span class="muted">{t.kept(currencyName(currency, locale))}</span>
      <span class="in">
        <Money value={{ amount: kept, currency }} locale={locale} />
      </span>
      {note && <small>{note}</small>}
    </li>
  )
}

function SubscriptionFact({
  locale,
  subscription,
  day,
}: {
  locale: Locale
  subscription: PersonsSubscription
  day: (date: Date) => string
}) {
  const t = words[locale]
  const { plan, status, amount, currency, every, every_count, period_end, trial_end, ends_at } = subscription
  const state = {
    active: ends_at ? t.ends(day(ends_at)) : t.renews(day(period_end)),
    trialing: t.trial(day(trial_end ?? period_end)),
    past_due: t.late,
    unpaid: t.late,
    paused: t.paused,
  }[status]
  const unit = every_count > 1 ? t.every[every] : t.everyOne[every]
  return (
    <Fact label={plan ? planName(plan, locale) : t.subscription} note={state}>
      {t.per(formatMoney({ amount, currency }, locale), every_count, unit)}
    </Fact>
  )
}
