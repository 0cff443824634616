import type { Money as Amount } from '../money.ts'
import { isAsked } from '../payments/dispute-states.ts'
import { Folded } from '../ui/folded.tsx'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Money } from '../ui/money.tsx'
import { Time } from '../ui/time.tsx'
import type { Payment } from './payment.ts'
import type { Happening, StripeEvent } from './payment-history.ts'
import { named, words } from './payment-words.ts'

interface Reading {
  locale: Locale
  timeZone: string
}

/** All that became of a payment, the oldest first. */
export function History({ payment, ...reading }: Reading & { payment: Payment }) {
  return (
    <section>
      <h2>{words[reading.locale].history}</h2>
      <ol class="rows">
        {payment.history.map((happening) => (
          <HistoryRow {...reading} happening={happening} isForgotten={payment.anonymized_at !== null} />
        ))}
      </ol>
    </section>
  )
}

type HistoryProps = Reading & { happening: Happening; isForgotten: boolean }

function HistoryRow(props: HistoryProps) {
  const { text, amount, note, href } = told(props)
  const { locale, timeZone, happening } = props
  const { at } = happening
  return (
    <li>
      {href ? <a href={href}>{text}</a> : <span>{text}</span>}
      {amount && <Money value={amount} locale={locale} />}
      <small>
        <Time {...{ at, locale, timeZone }} />
        {note && ` · ${note}`}
      </small>
    </li>
  )
}

interface Told {
  text: string
  amount?: Amount
  note?: string
  href?: string
}

function told(props: HistoryProps): Told {
  const { happening, locale } = props
  const t = words[locale]
  switch (happening.what) {
    case 'refund':
      return refundTold(happening, locale)
    case 'dispute':
      return disputeTold(happening, props)
    case 'mail':
      return mailTold(happening, props)
    case 'saidPaid':
      return { text: t.saidPaid, note: happening.code }
    case 'takenBack':
    case 'takesBack':
      return { text: t.happened[happening.what], href: `/dashboard/payments/${happening.id}` }
    default:
      return { text: t.happened[happening.what] }
  }
}

function refundTold(refund: Happening & { what: 'refund' }, locale: Locale): Told {
  const t = words[locale]
  const { amount, currency, status, reason, asked_by, failure_reason, id } = refund
  const why = [named(t.reasons, reason), failure_reason, named(t.askedBy, asked_by ?? 'stripe'), id]
  return {
    text: named(t.refundStates, status) ?? status,
    amount: { amount: -amount, currency },
    note: why.filter(Boolean).join(' · '),
  }
}

function disputeTold(dispute: Happening & { what: 'dispute' }, { locale, timeZone }: Reading): Told {
  const t = words[locale]
  const { amount, currency, status, due_by, id } = dispute
  const due = due_by && isAsked(status) && t.dueBy(formatDate(due_by, locale, timeZone, 'dateTime'))
  return {
    text: named(t.disputeStates, status) ?? status,
    // A bank that only asks has taken nothing.
    ...(!status.startsWith('warning_') && { amount: { amount: -amount, currency } }),
    note: [due, id].filter(Boolean).join(' · '),
  }
}

function mailTold(mail: Happening & { what: 'mail' }, { locale, isForgotten }: HistoryProps): Told {
  const t = words[locale]
  const { key, recipient, sent_at, failed_at, skipped_at, error } = mail
  const state = sent_at ? '' : failed_at ? t.mailFailed(error ?? '') : skipped_at ? t.mailSkipped : t.mailWaits
  return {
    text: named(t.mails, key.split(':')[0]!) ?? t.mail,
    note: [!isForgotten && recipient, state].filter(Boolean).join(' · '),
    ...(!sent_at && !skipped_at && { href: HEALTH }),
  }
}

const HEALTH = '/dashboard/health'

/** Seldom of use, so folded: but not while one is not in the books. */
export function Events({ events, ...reading }: Reading & { events: StripeEvent[] }) {
  if (events.length === 0) return null
  return (
    <Folded
      heading={words[reading.locale].events(events.length)}
      open={events.some(({ applied_at }) => applied_at === null)}
    >
      <ul class="rows">
        {events.map((event) => (
          <EventRow {...reading} event={event} />
        ))}
      </ul>
    </Folded>
  )
}

function EventRow({ event, locale, timeZone }: Reading & { event: StripeEvent }) {
  const t = words[locale]
  const { type, via, received_at, applied_at, failures, error } = event
  const at = (date: Date) => formatDate(date, locale, timeZone, 'dateTime')
  const state = applied_at
    ? error === null
      ? t.booked(at(applied_at))
      : t.dismissed
    : failures > 0
      ? t.notBooked(error ?? '')
      : t.waitsToBeBooked
  return (
    <li>
      {applied_at ? <span class="muted">{type}</span> : <a href={HEALTH}>{type}</a>}
      <small>
        {t.via[via]} · <Time at={received_at} {...{ locale, timeZone }} /> · {state}
      </small>
    </li>
  )
}
