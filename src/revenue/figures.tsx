import type { Money as Amount } from '../money.ts'
import { currencyName, type Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { words } from './words.ts'

export interface Month {
  net: Amount
  gross: Amount
  fees: Amount
  refunds: Amount
  disputes: Amount
  /** What is none of these; below zero it was taken. */
  other: Amount
  /** Payments whose fee Stripe has not told yet. */
  pendingFees: number
}

interface FiguresProps {
  locale: Locale
  currencies: string[]
  currency: string
  month: Month
  change: number | null
}

export function Figures({ locale, currencies, currency, month, change }: FiguresProps) {
  const t = words[locale]
  return (
    <>
      {currencies.length > 1 && <Currencies {...{ locale, currencies, currency }} />}
      <h1 class="net">
        <small class="block">{t.net}</small>
        <span class="big-number">
          <Money value={month.net} locale={locale} />
        </span>
      </h1>
      {month.pendingFees > 0 && <p class="small muted">{t.beforeFees(month.pendingFees)}</p>}
      <Change locale={locale} change={change} />
      <dl class="stats">
        <Figure name={t.gross} value={month.gross} locale={locale} />
        <Fees locale={locale} month={month} />
        <Figure name={t.refunds} value={month.refunds} locale={locale} />
        {month.disputes.amount !== 0 && <Figure name={t.disputes} value={month.disputes} locale={locale} />}
        {month.other.amount !== 0 && <Figure name={t.other} value={month.other} locale={locale} />}
      </dl>
    </>
  )
}

export function Currencies({ locale, currencies, currency }: Pick<FiguresProps, 'locale' | 'currencies' | 'currency'>) {
  return (
    <nav class="switch" aria-label={words[locale].currency}>
      {currencies.map((other) => (
        <a href={`?currency=${other}`} aria-current={other === currency ? 'true' : undefined}>
          {currencyName(other, locale)}
        </a>
      ))}
    </nav>
  )
}

function Change({ locale, change }: Pick<FiguresProps, 'locale' | 'change'>) {
  if (change === null) return null
  const t = words[locale]
  const whole = Math.round(change)
  const percent = `${Math.abs(whole).toLocaleString(locale)}%`
  if (whole === 0) return <p class="small muted">{t.same}</p>
  return <p class={whole > 0 ? 'small up' : 'small muted'}>{whole > 0 ? t.more(percent) : t.less(percent)}</p>
}

export function Figure({ name, value, locale }: { name: string; value: Amount; locale: Locale }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Money value={value} locale={locale} />
      </dd>
    </div>
  )
}

function Fees({ locale, month: { fees, pendingFees } }: Pick<FiguresProps, 'locale' | 'month'>) {
  const t = words[locale]
  if (pendingFees === 0) return <Figure name={t.fees} value={fees} locale={locale} />
  return (
    <div>
      <dt>{t.fees}</dt>
      {/* A fee that Stripe has not told is pending; "0" would be a claim. */}
      {fees.amount === 0 ? (
        <dd class="muted">{t.pending}</dd>
      ) : (
        <dd>
          <Money value={fees} locale={locale} /> <small class="block muted">{t.pendingFees(pendingFees)}</small>
        </dd>
      )}
    </div>
  )
}
