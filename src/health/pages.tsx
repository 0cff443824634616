import type { Child } from 'hono/jsx'
import type { Line } from '../doctor/examine.ts'
import { checkNames } from '../doctor/names.ts'
import { formatMoney } from '../money.ts'
import { told } from '../payments/reconcile/told.ts'
import { Facts } from '../ui/facts.tsx'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import type { State } from './state.ts'
import { VersionList, type Versions } from './versions.tsx'
import { words } from './words.ts'

interface HealthProps extends PageContext, State {
  lines: Line[]
  versions: Versions
  timeZone: string
  notice: string | undefined
}

export function HealthPage({ timeZone, notice, ...props }: HealthProps) {
  const { locale } = props
  const t = words[locale]
  const at = (date: Date | null) => (date ? formatDate(date, locale, timeZone, 'dateTime') : t.never)
  return (
    <Page {...props} title={t.title}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      {notice && (
        <p class="notice" role="status">
          {notice}
        </p>
      )}
      {!props.withoutStripe && <Books {...props} at={at} />}
      {!props.withoutStripe && <Events {...props} at={at} />}
      <Mails {...props} at={at} />
      <Checklist {...props} />
      <VersionList {...props} />
    </Page>
  )
}

type SectionProps = State & { locale: Locale; at: (date: Date | null) => string }

function Books({ locale, balances, reconciliation, at }: SectionProps) {
  const t = words[locale]
  return (
    <section>
      <h2>{t.books}</h2>
      {balances.map(({ currency, ours, stripes, differs_since }) => {
        const name = currency.toUpperCase()
        const by = formatMoney({ amount: ours - stripes, currency }, locale)
        return <p>{differs_since ? t.differs(name, by, at(differs_since)) : t.agrees(name)}</p>
      })}
      {reconciliation.error && <p class="problem">{t.reconcileError(reconciliation.error)}</p>}
      <Reconciliation {...{ locale, reconciliation, at }} />
      <Press action="reconcile">{t.reconcileNow}</Press>
      <p class="small muted">
        {t.wholeHint} <code>npm run stripe:reconcile -- --all</code>
      </p>
    </section>
  )
}

function Reconciliation({ locale, reconciliation, at }: Pick<SectionProps, 'locale' | 'at' | 'reconciliation'>) {
  const t = words[locale]
  if (!reconciliation.ended) return <p class="muted">{t.neverChecked}</p>
  const { finished_at, checked, healed, unexplained, differences } = reconciliation.ended
  return (
    <>
      <p class="small muted">
        {t.checkedAt(at(finished_at))} {t.reconciled(checked, healed)} {unexplained === 0 && t.nothingLeft}
      </p>
      {unexplained > 0 && (
        <>
          <p>{t.left(unexplained)}</p>
          <ul class="small">
            {differences.map((difference) => (
              <li>{told(difference)}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function Events({ locale, events, failedEvents, at }: SectionProps) {
  const t = words[locale]
  return (
    <section>
      <h2>{t.events}</h2>
      <Facts
        facts={[
          [t.lastWebhook, at(events.lastWebhook)],
          [t.lastPolled, at(events.lastPolled)],
          [t.waiting, String(events.waiting)],
        ]}
      />
      <p class={failedEvents.length === 0 ? 'muted' : 'problem'}>
        {failedEvents.length === 0 ? t.noneFailed : t.failed}
      </p>
      <ul class="rows">
        {failedEvents.map(({ id, type, object_id, error, received_at }) => (
          <li>
            <span>{type}</span>
            <Press action={`events/${id}`} label={t.retryNamed(id)}>
              {t.retry}
            </Press>
            <q>{error}</q>
            <small>
              {object_id ?? id} · {at(received_at)}
            </small>
            <Press action={`events/${id}/dismiss`} label={t.dismissNamed(id)}>
              {t.dismiss}
            </Press>
          </li>
        ))}
      </ul>
      {failedEvents.length > 1 && <Press action="events">{t.retryAll}</Press>}
    </section>
  )
}

function Mails({ locale, mails, failedMails, at }: SectionProps) {
  const t = words[locale]
  return (
    <section>
      <h2>{t.mails}</h2>
      <Facts
        facts={[
          [t.lastSent, at(mails.lastSent)],
          [t.mailsWaiting, String(mails.waiting)],
        ]}
      />
      <p class={failedMails.length === 0 ? 'muted' : 'problem'}>
        {failedMails.length === 0 ? t.noneFailedMails : t.failedMails}
      </p>
      <ul class="rows">
        {failedMails.map(({ id, recipient, error, failed_at }) => (
          <li>
            <span>{recipient}</span>
            <Press action={`mails/${id}`} label={t.retryNamed(recipient)}>
              {t.retry}
            </Press>
            <q>{error}</q>
            <small>{at(failed_at)}</small>
          </li>
        ))}
      </ul>
      {failedMails.length > 1 && <Press action="mails">{t.retryAll}</Press>}
    </section>
  )
}

function Checklist({ locale, lines }: { locale: Locale; lines: Line[] }) {
  const t = words[locale]
  const waits = lines.some(({ status }) => status === 'failed')
  return (
    <section id="checklist">
      <h2>{t.checklist}</h2>
      <p class={waits ? 'problem' : 'muted'}>{waits ? t.checklistFailed : t.checklistWell}</p>
      <ul class="rows">
        {lines.map(({ name, status, text, mend }) => (
          <li>
            <span>{checkNames[locale][name]}</span>
            <span class={status === 'failed' ? 'out' : 'muted'}>{t.checked[status]}</span>
            <small>{text[locale]}</small>
            {mend && <small>→ {mend[locale]}</small>}
          </li>
        ))}
      </ul>
      <Press action="checklist">{t.checkNow}</Press>
      <p class="small muted">
        {t.checklistHint} <code>npm run doctor</code>
      </p>
    </section>
  )
}

function Press({ action, label, children }: { action: string; label?: string; children?: Child }) {
  return (
    <form method="post" action={`/dashboard/health/${action}`}>
      <button type="submit" class="plain" aria-label={label}>
        {children}
      </button>
    </form>
  )
}
