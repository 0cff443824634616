import type { Todo } from '../feature.ts'
import { formatMoney } from '../money.ts'
import { BarChart } from '../ui/chart.tsx'
import { formatDate } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { assetUrl } from '../ui/static.ts'
import { type Agreement, AgreementLine } from './agreement.tsx'
import { Figures, type Month } from './figures.tsx'
import type { Reached } from './milestones.ts'
import { FirstSteps, Latest, type Milestone, Milestones, ReachedList, TodoLink, Todos } from './parts.tsx'
import type { ListedPayment } from './payment-list.ts'
import { type Range, ranges } from './range.ts'
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
  range: Range
  /** Gross of each day or month in the owner's time zone, the oldest first, the running one last: '2026-11-24'. */
  bars: { date: string; gross: number }[]
  latest: ListedPayment[]
  todos: Todo[]
  /** The first payment ever. While there is none, the page shows the steps to it. */
  milestone: Milestone | null
  /** What came after it, the newest first. */
  reached: Reached[]
  /** The public address to send to somebody. */
  siteUrl: string
  csvUrl: string
}

export function DashboardPage(props: DashboardProps) {
  const { locale, milestone } = props
  return (
    <Page {...pageContext(props)} title={words[locale].title}>
      {milestone ? <Books {...props} milestone={milestone} /> : <FirstSteps {...props} />}
      <script type="module" src={assetUrl('live.js')} />
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
      <Chart {...props} />
      <div class="two">
        <Latest {...props} />
        <div>
          <Todos {...props} />
          <ReachedList {...props} />
          <Milestones {...props} only="past" />
        </div>
      </div>
    </>
  )
}

function Chart({ locale, bars, currency, range }: DashboardProps) {
  const t = words[locale]
  const money = (amount: number) => formatMoney({ amount, currency }, locale)
  const total = bars.reduce((sum, { gross }) => sum + gross, 0)
  const days = bars.map(({ date, gross }) => ({
    // A calendar day belongs to no zone: it is formatted as it is written.
    label: formatDate(new Date(`${date}T00:00:00Z`), locale, 'UTC', range === '12m' ? 'month' : 'day'),
    amount: money(gross),
    value: gross,
  }))
  return (
    <section>
      <h2>
        {t.range[range]} <span class="muted money">{money(total)}</span>
      </h2>
      <nav class="switch" aria-label={t.ranges}>
        {ranges.map((other) => (
          <a href={`?currency=${currency}&range=${other}`} aria-current={other === range ? 'true' : undefined}>
            {t.rangeShort[other]}
          </a>
        ))}
      </nav>
      <BarChart
        days={days}
        latestIsToday
        label={t.chartLabel(t.range[range], money(total))}
        columns={{
          day: range === '12m' ? t.month : t.day,
          amount: t.gross,
          today: range === '12m' ? t.thisMonth : t.today,
        }}
      />
      {total === 0 && <p class="small muted">{t.noneYet}</p>}
    </section>
  )
}

function pageContext({ locale, path, shopName, user, tabs }: PageContext): PageContext {
  return { locale, path, shopName, user, tabs }
}

export type { Milestone, Month }
