import { formatMoney } from '../money.ts'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { Currencies } from './figures.tsx'
import { Count } from './subscriber-parts.tsx'
import type { readSubscribers } from './subscriber-reading.ts'
import { words } from './subscriber-words.ts'
import type { MonthMovements } from './subscribers.ts'

type Figures = Awaited<ReturnType<typeof readSubscribers>>
type SubscribersProps = PageContext & Figures & { currencies: string[]; currency: string }

export function SubscribersPage(props: SubscribersProps) {
  const { locale, path, shopName, user, tabs, currencies, currency, present, recent, months, lifetime } = props
  const t = words[locale]
  const none = '—'
  return (
    <Page {...{ locale, path, shopName, user, tabs }} title={t.title}>
      {currencies.length > 1 && <Currencies {...{ locale, currencies, currency }} />}
      <h1 class="net">
        <small class="block">{t.mrr}</small>
        <span class="big-number">
          <Money value={{ amount: present.mrr, currency }} locale={locale} />
        </span>
      </h1>
      <p class="small muted">{t.mrrNote}</p>
      <dl class="stats">
        <Count name={t.active} value={present.active.toLocaleString(locale)} />
        <Count name={t.churnRate} value={recent.churnRate === null ? none : percent(recent.churnRate, locale)} />
        <Count
          name={t.lifetime}
          value={lifetime === null ? none : formatMoney({ amount: lifetime, currency }, locale)}
        />
      </dl>
      <p class="small muted">
        {t.churnNote} {lifetime === null ? t.noLifetime : t.lifetimeNote}
      </p>
      {(props.present.leaving > 0 || props.soFar.subscribers > 0) && <Facts {...props} />}
      <section>
        <h2>{t.months}</h2>
        {isEmpty(months) && <p class="muted">{t.nobodyYet}</p>}
        <ul class="rows">
          {withPeople(months).map((month) => (
            <Month month={month} locale={locale} />
          ))}
        </ul>
      </section>
    </Page>
  )
}

const isEmpty = (months: MonthMovements[]) => withPeople(months).length === 0

/** Newest first, from the first month that anybody was there. */
function withPeople(months: MonthMovements[]): MonthMovements[] {
  const first = months.findIndex((month) => month.atStart + month.new + month.reactivated > 0)
  return first < 0 ? [] : months.slice(first).reverse()
}

function Facts({ locale, currency, present, soFar }: SubscribersProps) {
  const t = words[locale]
  const money = (amount: number) => formatMoney({ amount, currency }, locale)
  return (
    <section>
      {present.leaving > 0 && <p>{t.leaving(present.leaving, money(present.leavingMrr))}</p>}
      {soFar.subscribers > 0 && <p>{t.soFar(soFar.subscribers, money(soFar.each), money(soFar.paid))}</p>}
    </section>
  )
}

function Month({ month, locale }: { month: MonthMovements; locale: Locale }) {
  const t = words[locale]
  const atEnd = month.atStart + month.new + month.reactivated - month.churned
  return (
    <li>
      {/* A calendar month belongs to no zone: it is formatted as it is written. */}
      <span>{formatDate(new Date(`${month.month}-01T00:00:00Z`), locale, 'UTC', 'month')}</span>
      <span class="money">{t.people(atEnd)}</span>
      <small>
        {t.moved(month)}
        {month.churnRate !== null && ` · ${t.rate(percent(month.churnRate, locale))}`}
      </small>
    </li>
  )
}

function percent(rate: number, locale: Locale): string {
  return rate.toLocaleString(locale, { style: 'percent', maximumFractionDigits: 1 })
}
