import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { catalog, productOfPlan } from '../catalog.ts'
import type { Money as Amount } from '../money.ts'
import { isAsked } from '../payments/dispute-states.ts'
import { paymentName } from '../payments/payment-name.ts'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { methodName } from '../ui/words.ts'
import type { Happening, Payment } from './payment.ts'
import { words } from './payment-words.ts'
import { words as revenueWords } from './words.ts'

export interface PaymentPageProps extends PageContext {
  payment: Payment
  timeZone: string
  /** Of the optional features. */
  parts: JSX.Element[]
}

export function PaymentPage({ payment, timeZone, parts, ...context }: PaymentPageProps) {
  const { locale } = context
  const t = words[locale]
  const { amount, currency, message, name, email, anonymized_at } = payment
  const title = paymentName(payment, locale)
  const who = [name, email].filter(Boolean).join(' · ')
  return (
    <Page {...context} title={title} narrow>
      <p class="status">{t.states[stateOf(payment)]}</p>
      <h1 class="net">
        <small class="block">{title}</small>
        <span class="big-number">
          <Money value={{ amount, currency }} locale={locale} />
        </span>
      </h1>
      <p class="lead">{who || (anonymized_at ? t.forgotten : revenueWords[locale].someone)}</p>
      {message && (
        <p>
          <q>{message}</q>
        </p>
      )}
      {parts}
      <Facts {...{ locale, payment }} />
      <section>
        <h2>{t.history}</h2>
        <ol class="rows">
          {payment.history.map((happening) => (
            <HistoryRow {...{ locale, timeZone, happening }} />
          ))}
        </ol>
      </section>
      <Ids {...{ locale, payment }} />
      <p class="small">
        <a href="/dashboard">{t.back}</a>
      </p>
    </Page>
  )
}

function stateOf({ status, amount, refunded, disputed }: Payment) {
  if (status !== 'paid') return status
  if (disputed > 0) return 'disputed'
  if (refunded === 0) return 'paid'
  return refunded < amount ? 'partlyRefunded' : 'refunded'
}

function Facts({ locale, payment }: { locale: Locale; payment: Payment }) {
  const t = words[locale]
  const { fee, net, settlement_currency, method, currency, refunded, disputed, paid_at } = payment
  const settled = (amount: number | null) =>
    amount === null || settlement_currency === null ? (
      <span class="muted">{revenueWords[locale].pending}</span>
    ) : (
      <Money value={{ amount, currency: settlement_currency }} locale={locale} />
    )
  const facts: [string, Child][] = []
  if (method) facts.push([t.method, methodName(method, locale)])
  if (paid_at) facts.push([t.fee, settled(fee)], [t.net, settled(net)])
  if (refunded > 0) facts.push([t.refunded, <Money value={{ amount: refunded, currency }} locale={locale} />])
  if (disputed > 0) facts.push([t.disputed, <Money value={{ amount: disputed, currency }} locale={locale} />])
  const opened = openedBy(payment, locale)
  if (opened) facts.push([t.opened, opened])
  return (
    <section>
      <ul class="rows">
        {facts.map(([label, value]) => (
          <li>
            <span class="muted">{label}</span>
            <span>{value}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function openedBy({ credits, plan, days, kind }: Payment, locale: Locale): string {
  const t = words[locale]
  const product = productOfPlan(plan)?.name[locale] ?? plan
  const parts = [
    credits > 0 && catalog.credits[locale](credits),
    product && days && t.days(product, days),
    product && kind === 'subscription' && t.subscription(product),
  ]
  return parts.filter(Boolean).join(' · ')
}

function HistoryRow({ locale, timeZone, happening }: { locale: Locale; timeZone: string; happening: Happening }) {
  const { text, amount, note } = told(happening, locale, timeZone)
  const { at } = happening
  return (
    <li>
      <span>{text}</span>
      {amount && <Money value={amount} locale={locale} />}
      <small>
        <time datetime={at.toISOString()}>{formatDate(at, locale, timeZone, 'dateTime')}</time>
        {note && ` · ${note}`}
      </small>
    </li>
  )
}

function told(
  happening: Happening,
  locale: Locale,
  timeZone: string,
): { text: string; amount?: Amount; note?: string } {
  const t = words[locale]
  const { what } = happening
  if (what === 'refund') {
    const { amount, currency, status, reason, asked_by, failure_reason, id } = happening
    const why = [named(t.reasons, reason), failure_reason, named(t.askedBy, asked_by ?? 'stripe'), id]
    return {
      text: named(t.refundStates, status) ?? status,
      amount: { amount: -amount, currency },
      note: why.filter(Boolean).join(' · '),
    }
  }
  if (what === 'dispute') {
    const { amount, currency, status, due_by, id } = happening
    const due = due_by && isAsked(status) && t.dueBy(formatDate(due_by, locale, timeZone, 'dateTime'))
    return {
      text: named(t.disputeStates, status) ?? status,
      // A bank that only asks has taken nothing.
      ...(!status.startsWith('warning_') && { amount: { amount: -amount, currency } }),
      note: [due, id].filter(Boolean).join(' · '),
    }
  }
  if (what !== 'mail') return { text: t[what] }
  const { key, recipient, sent_at, failed_at, skipped_at, error } = happening
  const name = named(t.mails, key.split(':')[0]!) ?? t.mail
  const state = sent_at ? '' : failed_at ? t.mailFailed(error ?? '') : skipped_at ? t.mailSkipped : t.mailWaits
  return { text: name, note: [recipient, state].filter(Boolean).join(' · ') }
}

/** A word for what Stripe or we call so, where we have one. */
function named(words: object, key: string | null): string | undefined {
  return new Map<string, string>(Object.entries(words)).get(key ?? '')
}

function Ids({ locale, payment }: { locale: Locale; payment: Payment }) {
  const t = words[locale]
  const { id, charge_id, balance_transaction_id, session_id, customer_id, invoice_id, subscription_id } = payment
  const ids = [id, charge_id, balance_transaction_id, session_id, customer_id, invoice_id, subscription_id]
  return (
    <section>
      <h2>{t.ids}</h2>
      <ul class="rows">
        {ids.filter(Boolean).map((one) => (
          <li>
            <code>{one}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
