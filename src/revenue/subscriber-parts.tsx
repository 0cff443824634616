import type { Money as Amount } from '../money.ts'
import type { Locale } from '../ui/i18n.ts'
import { Figure } from './figures.tsx'
import { words } from './subscriber-words.ts'
import type { MonthMovements } from './subscribers.ts'

export interface Summary {
  mrr: Amount
  active: number
  month: MonthMovements
}

/** On the dashboard; nothing until somebody subscribes. */
export function Subscribing({ locale, subscribing }: { locale: Locale; subscribing: Summary[] }) {
  if (subscribing.length === 0) return null
  const t = words[locale]
  return (
    <section>
      <h2>{t.title}</h2>
      {subscribing.map(({ mrr, active, month }) => (
        <>
          <dl class="stats">
            <Figure name={t.mrr} value={mrr} locale={locale} />
            <Count name={t.active} value={active.toLocaleString(locale)} />
          </dl>
          <p class="small">
            {t.thisMonth(month)} <a href={`/dashboard/subscribers?currency=${mrr.currency}`}>{t.more}</a>
          </p>
        </>
      ))}
    </section>
  )
}

export function Count({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
