import { isAsked } from '../payments/dispute-states.ts'
import { paymentName } from '../payments/payment-name.ts'
import { Field, Problem, TextArea } from '../ui/form.tsx'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { words as common } from '../ui/words.ts'
import { type Evidence, type EvidenceField, evidenceFields, limits } from './form.ts'
import { type Dispute, type DisputeRow, isOpen } from './read.ts'
import { explained, reasonText, statusText, words } from './words.ts'

interface DisputesProps extends PageContext {
  timeZone: string
  disputes: DisputeRow[]
}

export function DisputesPage({ timeZone, disputes, ...context }: DisputesProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      {disputes.length === 0 && <p class="muted">{t.none}</p>}
      <section>
        <ul class="rows">
          {disputes.map((dispute) => (
            <li>
              <a href={`/dashboard/disputes/${dispute.id}`}>{paymentName(dispute, locale)}</a>
              <Money value={dispute} locale={locale} />
              <small>{standing(dispute, locale, timeZone)}</small>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  )
}

function standing({ status, due_by, email, created_at }: DisputeRow, locale: Locale, timeZone: string): string {
  const t = words[locale]
  const when = isAsked(status) && due_by ? t.dueBy(formatDate(due_by, locale, timeZone, 'dateTime')) : undefined
  return [statusText(status, locale), when ?? formatDate(created_at, locale, timeZone, 'date'), email]
    .filter(Boolean)
    .join(' · ')
}

/** On the page of the payment. */
export function PaymentDisputes({ locale, disputes }: { locale: Locale; disputes: DisputeRow[] }) {
  return (
    <>
      {disputes.map(({ id, status }) => (
        <p class={isAsked(status) ? 'todo' : undefined}>
          <a href={`/dashboard/disputes/${id}`}>{statusText(status, locale)}</a>
        </p>
      ))}
    </>
  )
}

export interface DisputePageProps extends PageContext {
  timeZone: string
  dispute: Dispute
  /** What is written so far. */
  evidence: Evidence
  problems?: Partial<Record<EvidenceField, string>>
  /** Why something was not done. */
  notice?: string
  isSaved?: boolean
}

export function DisputePage({
  timeZone,
  dispute,
  evidence,
  problems = {},
  notice,
  isSaved,
  ...context
}: DisputePageProps) {
  const { locale } = context
  const t = words[locale]
  const { id, status } = dispute
  return (
    <Page {...context} title={t.one} narrow>
      {notice && (
        <p class="notice problem" role="alert">
          {notice}
        </p>
      )}
      {isSaved && (
        <p class="notice" role="status">
          {t.saved}
        </p>
      )}
      <DisputeHead {...{ locale, timeZone, dispute }} />
      <div>
        <p>{explained(status, locale)}</p>
      </div>
      {isOpen(status) ? (
        <>
          <EvidenceFields {...{ locale, id, evidence, problems }} />
          <p class="small">
            {status === 'needs_response' ? (
              <a href={`/dashboard/disputes/${id}/accept`}>{t.toAccept}</a>
            ) : (
              <a href={`/dashboard/payments/${dispute.payment_id}`}>{t.refundInstead}</a>
            )}
          </p>
        </>
      ) : (
        <HandedIn {...{ locale, dispute, evidence }} />
      )}
      <p class="small">
        <a href="/dashboard/disputes">{t.back}</a>
      </p>
    </Page>
  )
}

export function DisputeHead({
  locale,
  timeZone,
  dispute,
}: Pick<DisputePageProps, 'timeZone' | 'dispute'> & { locale: Locale }) {
  const t = words[locale]
  const { status, reason, due_by, payment_id, name, email } = dispute
  const due = isAsked(status) && due_by && t.dueBy(formatDate(due_by, locale, timeZone, 'dateTime'))
  return (
    <>
      <p class="status">{[statusText(status, locale), due].filter(Boolean).join(' · ')}</p>
      <h1 class="net">
        <small class="block">{t.one}</small>
        <span class="big-number">
          <Money value={dispute} locale={locale} />
        </span>
      </h1>
      <p class="lead">
        <a href={`/dashboard/payments/${payment_id}`}>{paymentName(dispute, locale)}</a>
        {[name, email].filter(Boolean).map((who) => ` · ${who}`)}
      </p>
      <div>
        <p>{t.reason(reasonText(reason, locale))}</p>
      </div>
    </>
  )
}

function EvidenceFields({
  locale,
  id,
  evidence,
  problems,
}: Required<Pick<DisputePageProps, 'evidence' | 'problems'>> & { locale: Locale; id: string }) {
  const t = words[locale]
  const { optional } = common[locale]
  const field = (name: EvidenceField) => ({
    name,
    label: t.fields[name],
    value: evidence[name],
    error: problems[name],
    maxLength: limits[name],
    autocomplete: 'off',
  })
  const listed = Object.entries(problems).map(([name, text]) => ({ field: name, text }))
  return (
    // As multipart, since the other way writes each Chinese character in nine bytes.
    <form method="post" action={`/dashboard/disputes/${id}`} enctype="multipart/form-data" novalidate>
      <h2>{t.evidence}</h2>
      <p class="muted">{t.evidenceText}</p>
      <Problem locale={locale} problems={listed} />
      <Field {...field('customer_name')} hint={optional} />
      <Field {...field('customer_email_address')} hint={optional} />
      <TextArea {...field('billing_address')} hint={optional} />
      <TextArea {...field('product_description')} rows={4} />
      <Field {...field('service_date')} hint={t.serviceDateHint} />
      <TextArea {...field('access_activity_log')} hint={t.activityHint} rows={8} />
      <TextArea {...field('uncategorized_text')} hint={t.statementHint} rows={6} />
      <button type="submit" class="button" name="next" value="go-on">
        {t.goOn}
      </button>
      <button type="submit" class="button quiet" name="next" value="save">
        {t.save}
      </button>
    </form>
  )
}

/** Stripe fills in a little by itself, which nobody was shown. */
function HandedIn({ locale, dispute, evidence }: Pick<DisputePageProps, 'dispute' | 'evidence'> & { locale: Locale }) {
  if (dispute.submissions === 0) return <p class="muted">{words[locale].noEvidence}</p>
  return <EvidenceText locale={locale} evidence={evidence} />
}

/** What was or will be handed in, to read. */
export function EvidenceText({ locale, evidence }: { locale: Locale; evidence: Evidence }) {
  const t = words[locale]
  const written = evidenceFields.filter((field) => evidence[field])
  if (written.length === 0) return <p class="muted">{t.noEvidence}</p>
  return (
    <section>
      <h2>{t.evidence}</h2>
      {written.map((field) => (
        <p>
          <small class="block muted">{t.fields[field]}</small>
          {evidence[field].split('\n').map((line) => (
            <span class="block">{line}</span>
          ))}
        </p>
      ))}
    </section>
  )
}
