import { Field, Select } from '../ui/form.tsx'
import { currencyName, formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { type Asked, isEmpty, kinds, states } from './payment-filter.ts'
import type { ListedPayment } from './payment-list.ts'
import { words } from './payment-list-words.ts'
import { PaymentRow } from './payment-row.tsx'
import { words as paymentWords } from './payment-words.ts'

interface PaymentsProps extends PageContext {
  asked: Asked
  payments: ListedPayment[]
  /** Where the search of this page ended, when there is more to look through. */
  lookedUntil: Date | undefined
  currencies: string[]
  timeZone: string
  newer: string | undefined
  older: string | undefined
  csvUrl: string
}

export function PaymentsPage(props: PaymentsProps) {
  const { asked, payments, lookedUntil, currencies, timeZone, newer, older, csvUrl, ...context } = props
  const { locale } = context
  const t = words[locale]
  const isWhole = isEmpty(asked.filter)
  const none = older ? t.noneHere : newer ? t.noMore : isWhole ? t.none : t.noneFound
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      <FilterForm {...{ locale, asked, currencies }} />
      <section>
        {payments.length === 0 && <p class="muted">{none}</p>}
        <ul class="rows">
          {payments.map((payment) => (
            <PaymentRow {...{ payment, locale, timeZone }} />
          ))}
        </ul>
        <p>
          {lookedUntil && (
            <span class="muted">{t.lookedUntil(formatDate(lookedUntil, locale, timeZone, 'date'))} </span>
          )}
          {newer && <a href={newer}>{t.newer}</a>} {older && <a href={older}>{lookedUntil ? t.goOn : t.older}</a>}
        </p>
        <p class="small">
          <a href={csvUrl}>{t.csv}</a>{' '}
          {asked.filter.state !== 'failed' && asked.filter.state !== 'processing' && (
            <span class="muted">{t.csvNote}</span>
          )}
        </p>
      </section>
    </Page>
  )
}

interface FilterFormProps {
  locale: Locale
  asked: Asked
  currencies: string[]
}

function FilterForm({ locale, asked, currencies }: FilterFormProps) {
  const t = words[locale]
  const { filter, problems, typed } = asked
  const { text: _, ...chosen } = filter
  const any = { value: '', text: t.any }
  const wrong = (problem: 'tooLong' | 'date' | undefined) => problem && t.problems[problem]
  return (
    <form method="get" action="/dashboard/payments" novalidate>
      <Field
        label={t.search}
        name="q"
        type="search"
        value={typed.q}
        hint={t.searchHint}
        error={wrong(problems.q)}
        autocomplete="off"
      />
      <details open={!isEmpty(chosen) || problems.from !== undefined || problems.to !== undefined}>
        <summary class="small">{t.more}</summary>
        <div class="packets">
          <Select
            label={t.kind}
            name="kind"
            value={filter.kind}
            options={[any, ...kinds.map((value) => ({ value, text: t.kinds[value] }))]}
          />
          <Select
            label={t.state}
            name="state"
            value={filter.state}
            options={[any, ...states.map((value) => ({ value, text: paymentWords[locale].states[value] }))]}
          />
          {currencies.length > 1 && (
            <Select
              label={t.currency}
              name="currency"
              value={filter.currency}
              options={[any, ...currencies.map((value) => ({ value, text: currencyName(value, locale) }))]}
            />
          )}
          <Field label={t.from} name="from" type="date" value={typed.from} error={wrong(problems.from)} />
          <Field label={t.to} name="to" type="date" value={typed.to} error={wrong(problems.to)} />
        </div>
      </details>
      <button type="submit" class="button quiet">
        {t.submit}
      </button>
      {!isEmpty(filter) && (
        <p class="small">
          <a href="/dashboard/payments">{t.reset}</a>
        </p>
      )}
    </form>
  )
}
