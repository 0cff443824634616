import type { Todo } from '../feature.ts'
import { formatMoney } from '../money.ts'
import { BarChart } from '../ui/chart.tsx'
import { formatDate } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { type Agreement, AgreementLine } from './agreement.tsx'
import { Figures, type Month } from './figures.tsx'
import { FirstSteps, Latest, type LatestPayment, type Milestone, Milestones, TodoLink, Todos } from './parts.tsx'
import { Subscribing, type Summary } from './subscriber-parts.tsx'
import { words } from './words.ts'

export interface DashboardProps extends PageContext {
  now: Date
  timeZone: string
  /** Every settlement currency of the books; the page shows one of them and links to `?currency=` of the others. */
  currencies: string[]
  currency: string
  month: Month
  /** Net against last month at the same day, in per cent; null when there is nothing to compare with. */
  change: number | null
  agreement: Agreement | undefined
  /** One for each currency that people subscribe in. */
  subscribing: Summary[]
  /** Gross of each day in the owner's time zone, oldest first, the last one is today: '2026-11-24'. */
  days: { date: string; gross: number }[]
  latest: LatestPayment[]
  todos: Todo[]
  /** The first payment ever. While there is none, the page shows the steps to it. */
  milestone: Milestone | null
  /** The public address to send to somebody. */
  siteUrl: string
  csvUrl: string
}

export function DashboardPage(props: DashboardProps) {
  const { locale, milestone } = props
  return (
    <Page {...pageContext(props)} title={words[locale].title}>
      {milestone ? <Books {...props} milestone={milestone} /> : <FirstSteps {...props} />}
      {!milestone && props.todos.length > 0 && <Todos {...props} />}
    </Page>
  )
}

function Books(props: DashboardProps & { milestone: Milestone }) {
  return (
    <>
      <Milestones {...props} only="fresh" />
      <TodoLink {...props} />
      <Figures {...props} />
      <AgreementLine {...props} />
      <Subscribing {...props} />
      <Days {...props} />
      <div class="two">
        <Latest {...props} />
        <div>
          <Todos {...props} />
          <Milestones {...props} only="past" />
        </div>
      </div>
    </>
  )
}

function Days({ locale, days, currency }: DashboardProps) {
  const t = words[locale]
  const money = (amount: number) => formatMoney({ amount, currency }, locale)
  const total = days.reduce((sum, { gross }) => sum + gross, 0)
  const bars = days.map(({ date, gross }) => ({
    // A calendar day belongs to no zone: it is formatted as it is written.
    label: formatDate(new Date(`${date}T00:00:00Z`), locale, 'UTC', 'day'),
    amount: money(gross),
    value: gross,
  }))
  return (
    <section>
      <h2>
        {t.chart(days.length)} <span class="muted money">{money(total)}</span>
      </h2>
      <BarChart
        days={bars}
        latestIsToday
        label={t.chartLabel(days.length, money(total))}
        columns={{ day: t.day, amount: t.gross, today: t.today }}
      />
      {total === 0 && <p class="small muted">{t.noneYet}</p>}
    </section>
  )
}

function pageContext({ locale, path, shopName, user, tabs }: PageContext): PageContext {
  return { locale, path, shopName, user, tabs }
}

export type { LatestPayment, Milestone, Month }
