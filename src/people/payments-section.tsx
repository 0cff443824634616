import { formatMoney } from '../money.ts'
import { paymentName } from '../payments/payment-name.ts'
import type { Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { Time } from '../ui/time.tsx'
import { MOST, type PersonsPayment } from './person.ts'
import { words } from './words.ts'

interface PaymentsProps {
  locale: Locale
  timeZone: string
  payments: PersonsPayment[]
}

/** What somebody paid, each with what became of it. */
export function Payments({ payments, ...reading }: PaymentsProps) {
  const t = words[reading.locale]
  if (payments.length === 0) return null
  return (
    <section>
      <h2>
        {t.payments}
        {payments.length === MOST && <span class="muted small">{t.latest(MOST)}</span>}
      </h2>
      <ul class="rows">
        {payments.map((payment) => (
          <Row {...reading} payment={payment} />
        ))}
      </ul>
    </section>
  )
}

function Row({ payment, locale, timeZone }: Omit<PaymentsProps, 'payments'> & { payment: PersonsPayment }) {
  const t = words[locale]
  const { id, kind, at, amount, currency, message, status, refunds, disputes } = payment
  const isOffline = kind === 'offline'
  const isIn = amount >= 0 && status === 'paid'
  const state = status === 'processing' || status === 'failed' ? t.states[status] : undefined
  const became = [
    ...refunds.map((one) => ({ ...one, text: refundText(one.status, locale) })),
    ...disputes.map((one) => ({ ...one, text: disputeText(one.status, locale) })),
  ]
  return (
    <li>
      <a href={`/dashboard/payments/${id}`}>{paymentName(payment, locale)}</a>
      <span class={isIn ? 'in' : 'out'}>
        <Money value={{ amount, currency }} locale={locale} />
      </span>
      {message && <q>{message}</q>}
      <small>
        {state && <strong>{state} · </strong>}
        {isOffline && `${amount < 0 ? t.takenBack : t.offline} · `}
        <Time {...{ at, locale, timeZone }} />
      </small>
      {became.map(({ text, amount, currency, created_at }) => (
        <small>
          {text} {formatMoney({ amount, currency }, locale)} · <Time {...{ at: created_at, locale, timeZone }} />
        </small>
      ))}
    </li>
  )
}

function refundText(status: string, locale: Locale): string {
  const t = words[locale]
  if (status === 'failed' || status === 'canceled') return t.refundFailed
  return status === 'pending' || status === 'requires_action' ? t.refundWaits : t.refund
}

function disputeText(status: string, locale: Locale): string {
  const t = words[locale]
  if (status.startsWith('warning_')) return t.inquiry
  return status === 'won' ? t.won : status === 'lost' ? t.lost : t.dispute
}
