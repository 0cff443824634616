import { formatMoney } from '../money.ts'
import { offlinePaymentId } from '../payments/offline-entries.ts'
import { Field, Problem, SubmitButton } from '../ui/form.tsx'
import { formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { words as common } from '../ui/words.ts'
import type { OpenClaim } from './claims.ts'
import { type Entry, nameOf } from './entries.ts'
import { DESCRIPTION_LENGTH, type FieldName, NAME_LENGTH, oneOffPrices } from './form.ts'
import { OpenClaims } from './open-claims.tsx'
import { words } from './words.ts'

export type Typed = Partial<Record<FieldName | 'price', string>> & { request: string }

export interface OfflinePageProps extends PageContext {
  timeZone: string
  entries: Entry[]
  claims: OpenClaim[]
  /** What the form starts with, or comes back with. */
  typed: Typed
  problems?: Partial<Record<FieldName, string>>
  notice?: string
}

export function OfflinePage(props: OfflinePageProps) {
  const { timeZone, entries, claims, typed, problems = {}, notice, ...context } = props
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      {notice && (
        <p class="notice problem" role="alert">
          {notice}
        </p>
      )}
      <OpenClaims {...{ locale, timeZone, claims }} />
      <EntryForm {...{ locale, typed, problems }} />
      <section>
        <h2>{t.list}</h2>
        {entries.length === 0 && <p class="muted">{t.empty}</p>}
        <ul class="rows">
          {entries.map((entry) => (
            <Row {...{ locale, timeZone, entry }} />
          ))}
        </ul>
      </section>
    </Page>
  )
}

function EntryForm({ locale, typed, problems }: Required<Pick<OfflinePageProps, 'locale' | 'typed' | 'problems'>>) {
  const t = words[locale]
  const { optional } = common[locale]
  const field = (name: FieldName) => ({ name, label: t[name], value: typed[name], error: problems[name] })
  return (
    <form method="post" action="/dashboard/offline" novalidate>
      <Problem locale={locale} problems={Object.entries(problems).map(([name, text]) => ({ field: name, text }))} />
      <Field {...field('amount')} inputmode="decimal" autocomplete="off" />
      <Field {...field('received')} type="date" />
      <Field {...field('name')} hint={optional} autocomplete="off" maxLength={NAME_LENGTH} />
      <Field {...field('email')} hint={t.emailHint} type="email" autocomplete="off" />
      <Field {...field('description')} hint={t.descriptionHint} autocomplete="off" maxLength={DESCRIPTION_LENGTH} />
      <div class="field">
        <label for="price">{t.price}</label>
        <select id="price" name="price">
          <option value="">{t.nothing}</option>
          {oneOffPrices.map((price) => (
            <option value={price.key} selected={price.key === typed.price}>
              {nameOf(price, locale)} {formatMoney(price.money, locale, { short: true })}
            </option>
          ))}
        </select>
      </div>
      <input type="hidden" name="request" value={typed.request} />
      <SubmitButton>{t.record}</SubmitButton>
    </form>
  )
}

function Row({ locale, timeZone, entry }: { locale: Locale; timeZone: string; entry: Entry }) {
  const t = words[locale]
  const { id, description, amount, currency, name, email, received_at, reverses, reversed_by } = entry
  const isReversal = reverses !== null
  const who = [name, email].filter(Boolean).join(' · ') || t.someone
  return (
    <li>
      <a href={`/dashboard/payments/${offlinePaymentId(id)}`}>
        {isReversal ? `${t.reversal}: ${description}` : description}
      </a>
      <span class={isReversal ? 'out' : 'in'}>
        <Money value={{ amount, currency }} locale={locale} signed />
      </span>
      <small>
        {who} · {formatDate(received_at, locale, timeZone, 'date')}
        {reversed_by !== null && ` · ${t.takenBack}`}
      </small>
      {!isReversal && reversed_by === null && <TakeBack {...{ locale, entry }} />}
    </li>
  )
}

export function TakeBack({
  locale,
  entry: { id, description },
}: {
  locale: Locale
  entry: Pick<Entry, 'id' | 'description'>
}) {
  const t = words[locale]
  return (
    <form method="post" action={`/dashboard/offline/${id}/take-back`}>
      <button type="submit" class="plain" aria-label={t.takeBackNamed(description)}>
        {t.takeBack}
      </button>
    </form>
  )
}
