import { paymentName } from '../payments/payment-name.ts'
import type { Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { Ago, Time } from '../ui/time.tsx'
import { methodName } from '../ui/words.ts'
import type { ListedPayment } from './payment-list.ts'
import { words as listWords } from './payment-list-words.ts'
import { words as paymentWords } from './payment-words.ts'
import { words } from './words.ts'

interface Reading {
  locale: Locale
  timeZone: string
  /** Where it matters how long ago it was. */
  now?: Date
}

/** A payment in a list, which leads to its page. */
export function PaymentRow({ payment, ...reading }: Reading & { payment: ListedPayment }) {
  const { locale } = reading
  const { id, at, amount, currency, message, name, email, method, state } = payment
  const isIn = amount >= 0 && (state === 'paid' || state === 'partlyRefunded')
  const who = [name, email].filter(Boolean).join(' · ') || words[locale].someone
  return (
    <li>
      <a href={`/dashboard/payments/${id}`}>{paymentName(payment, locale)}</a>
      <span class={isIn ? 'in' : 'out'}>
        <Money value={{ amount, currency }} locale={locale} signed={isIn || amount < 0} />
      </span>
      {message && <q>{message}</q>}
      <small>
        {state !== 'paid' && <strong>{stateName(payment, locale)} · </strong>}
        {who}
        {method && ` · ${methodName(method, locale)}`}
        {' · '}
        <When {...reading} at={at} />
      </small>
    </li>
  )
}

function stateName({ kind, state }: ListedPayment, locale: Locale): string {
  return kind === 'offline' ? listWords[locale].takenBack : paymentWords[locale].states[state]
}

function When({ at, now, ...reading }: Reading & { at: Date }) {
  return now !== undefined && at <= now ? <Ago {...reading} at={at} now={now} /> : <Time {...reading} at={at} />
}
