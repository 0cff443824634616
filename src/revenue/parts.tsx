import type { Todo } from '../feature.ts'
import { type Money as Amount, formatMoney } from '../money.ts'
import { Candy } from '../ui/candy.tsx'
import { formatDate, type Locale, relativeTime } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { methodName } from '../ui/words.ts'
import { grossMilestone, type Reached } from './milestones.ts'
import { words } from './words.ts'

export interface LatestPayment {
  id: string
  title: string
  /** Its own page, where it has one. */
  href?: string | undefined
  message?: string | null
  name?: string | null
  email?: string | null
  /** Stripe's payment method type. */
  method?: string | null
  /** Positive; `direction` says which way it went. */
  amount: Amount
  direction: 'in' | 'out'
  at: Date
}

export interface Milestone {
  amount: Amount
  at: Date
}

interface Reading {
  locale: Locale
  timeZone: string
  now: Date
}

export function Latest({ latest, csvUrl, ...reading }: Reading & { latest: LatestPayment[]; csvUrl: string }) {
  const t = words[reading.locale]
  return (
    <section>
      <h2>{t.latest}</h2>
      <ul class="rows">
        {latest.map((payment) => (
          <Row {...reading} payment={payment} />
        ))}
      </ul>
      <p class="small">
        <a href="/dashboard/payments">{t.all}</a> · <a href="/dashboard/movements">{t.movements}</a> ·{' '}
        <a href={csvUrl}>{t.csv}</a>
      </p>
    </section>
  )
}

function Row({ payment, locale, timeZone, now }: Reading & { payment: LatestPayment }) {
  const { title, href, message, name, email, method, amount, direction, at } = payment
  const signed = { ...amount, amount: direction === 'in' ? amount.amount : -amount.amount }
  const who = [name, email].filter(Boolean).join(' · ') || words[locale].someone
  return (
    <li>
      {href ? <a href={href}>{title}</a> : <span>{title}</span>}
      <span class={direction}>
        <Money value={signed} locale={locale} signed />
      </span>
      {message && <q>{message}</q>}
      <small>
        {who}
        {method && ` · ${methodName(method, locale)}`}
        {' · '}
        <time datetime={at.toISOString()} title={formatDate(at, locale, timeZone, 'dateTime')}>
          {at > now ? formatDate(at, locale, timeZone, 'dateTime') : relativeTime(at, locale, now)}
        </time>
      </small>
    </li>
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
