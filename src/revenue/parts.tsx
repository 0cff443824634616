import type { Todo } from '../feature.ts'
import { type Money as Amount, formatMoney } from '../money.ts'
import { Candy } from '../ui/candy.tsx'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { grossMilestone, type Reached } from './milestones.ts'
import type { ListedPayment } from './payment-list.ts'
import { PaymentRow } from './payment-row.tsx'
import { words } from './words.ts'

export interface Milestone {
  amount: Amount
  at: Date
}

interface Reading {
  locale: Locale
  timeZone: string
  now: Date
}

export function Latest({ latest, csvUrl, ...reading }: Reading & { latest: ListedPayment[]; csvUrl: string }) {
  const t = words[reading.locale]
  return (
    <section>
      <h2>{t.latest}</h2>
      <ul class="rows">
        {latest.map((payment) => (
          <PaymentRow {...reading} payment={payment} />
        ))}
      </ul>
      <p class="small">
        <a href="/dashboard/payments">{t.all}</a> · <a href="/dashboard/movements">{t.movements}</a> ·{' '}
        <a href={csvUrl}>{t.csv}</a>
      </p>
    </section>
  )
}

/** At the top: on a phone the list itself is far down. */
export function TodoLink({ locale, todos }: { locale: Locale; todos: Todo[] }) {
  if (todos.length === 0) return null
  return (
    <p class="todo">
      <a href="#todo">{words[locale].todoCount(todos.length)}</a>
    </p>
  )
}

export function Todos({ locale, todos }: { locale: Locale; todos: Todo[] }) {
  const t = words[locale]
  return (
    <section>
      <h2 id="todo">{t.todo}</h2>
      {todos.length === 0 && <p class="muted">{t.nothingToDo}</p>}
      {todos.map(({ text, href, note }) => (
        <p class="todo">
          {href ? <a href={href}>{text}</a> : text}
          {note && <small class="block">{note}</small>}
        </p>
      ))}
    </section>
  )
}

const DAY = 86_400_000

/** The first payment is celebrated for a day at the top; after that it is a line to be proud of. */
export function Milestones({
  milestone,
  only,
  locale,
  timeZone,
  now,
}: Reading & { milestone: Milestone; only: 'fresh' | 'past' }) {
  const t = words[locale]
  const fresh = now.getTime() - milestone.at.getTime() < DAY
  if (fresh !== (only === 'fresh')) return null
  const line = (
    <>
      {t.first(formatMoney(milestone.amount, locale))} ·{' '}
      <span class="phrase">{formatDate(milestone.at, locale, timeZone, 'date')}</span>
    </>
  )
  if (!fresh) {
    return (
      <p class="milestone">
        <Candy height={20} /> {line}
      </p>
    )
  }
  return (
    <div class="candy">
      <Candy height={40} />
      <div>
        <h2>{t.firstHeading}</h2>
        <p>{t.firstText}</p>
        <p class="milestone">{line}</p>
      </div>
    </div>
  )
}

/** What came after the first payment, each a line to be proud of. */
export function ReachedList({ reached, locale, timeZone }: Omit<Reading, 'now'> & { reached: Reached[] }) {
  return reached.map(({ key, at }) => (
    <p class="milestone">
      {reachedText(key, locale)} · <span class="phrase">{formatDate(at, locale, timeZone, 'date')}</span>
    </p>
  ))
}

function reachedText(key: Reached['key'], locale: Locale): string {
  const t = words[locale].reached
  if (key === 'subscriber') return t.subscriber
  if (key === 'gross') return t.gross(formatMoney(grossMilestone, locale, { short: true }))
  return t.payers(Number(key.replace('payers-', '')))
}

export function FirstSteps({ locale, siteUrl }: { locale: Locale; siteUrl: string }) {
  const t = words[locale]
  return (
    <>
      <h1>{t.stepsHeading}</h1>
      <ol class="steps">
        <li>
          <h2>{t.step1}</h2>
          <p>
            <a href="/">{t.step1Text}</a>
          </p>
        </li>
        <li>
          <h2>{t.step2}</h2>
          <p>
            {t.step2Text} <code>src/catalog.ts</code>
          </p>
        </li>
        <li>
          <h2>{t.step3}</h2>
          <p>
            {t.step3Text} <a href={siteUrl}>{siteUrl}</a>
          </p>
        </li>
      </ol>
    </>
  )
}
