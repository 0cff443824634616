import { catalog } from '../catalog.ts'
import { formatMoney, parseAmount } from '../money.ts'
import { LeftTable, typicalAmounts, WhatIsLeft } from '../payments/what-is-left.tsx'
import { Field, Problem, Select, SubmitButton, TextArea } from '../ui/form.tsx'
import { currencyName, formatDate, type Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { currencies, DESCRIPTION_LENGTH, lifetimes, NAME_LENGTH, problemOf } from './form.ts'
import { QrCode } from './qr.tsx'
import type { PaymentRequest } from './request.ts'
import { words } from './words.ts'

export interface RequestFormProps {
  /** What was typed, kept. */
  values: Record<'amount' | 'currency' | 'description' | 'customer' | 'lifetime' | 'request', string>
  problems: Partial<Record<'amount' | 'description' | 'customer', string>>
}

interface ListProps extends PageContext {
  form: RequestFormProps
  latest: PaymentRequest[]
  timeZone: string
}

export function RequestsPage({ form, latest, timeZone, ...context }: ListProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.heading}</h1>
      <p class="lead">{t.lead}</p>
      <NewRequestForm {...form} {...context} />
      <section>
        <h2>{t.latest}</h2>
        {latest.length === 0 && <p class="muted">{t.none}</p>}
        <ul class="rows">
          {latest.map((request) => (
            <li>
              <a href={`/dashboard/requests/${request.id}`}>{request.description}</a>
              <span class={request.state === 'paid' ? 'in' : 'money'}>
                <Money value={request.money} locale={locale} />
              </span>
              <small>{standing(request, locale, timeZone)}</small>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  )
}

function NewRequestForm({ values, problems, locale, withoutStripe }: RequestFormProps & PageContext) {
  const t = words[locale]
  const listed = Object.entries(problems).map(([field, text]) => ({ field, text }))
  return (
    <form method="post" action="/dashboard/requests" novalidate>
      <Problem locale={locale} problems={listed} />
      <Field label={t.amount} name="amount" value={values.amount} error={problems.amount} inputmode="decimal" />
      <Select
        label={t.currency}
        name="currency"
        value={values.currency}
        options={(withoutStripe ? [catalog.currency] : currencies).map((value) => ({
          value,
          text: `${currencyName(value, locale)} ${value.toUpperCase()}`,
        }))}
      />
      {!withoutStripe && <LeftTable amounts={amountsOf(values)} locale={locale} />}
      <Field
        label={t.description}
        name="description"
        value={values.description}
        hint={t.descriptionHint}
        error={problems.description}
        maxLength={DESCRIPTION_LENGTH}
      />
      <Field
        label={t.customer}
        name="customer"
        value={values.customer}
        hint={t.customerHint}
        error={problems.customer}
        maxLength={NAME_LENGTH}
      />
      <Select
        label={t.lifetime}
        name="lifetime"
        value={values.lifetime}
        options={lifetimes.map((value) => ({ value, text: t.lifetimes[value] }))}
      />
      <input type="hidden" name="request" value={values.request} />
      <SubmitButton>{t.create}</SubmitButton>
    </form>
  )
}

/** What was typed comes first; what can't be an amount is not shown. */
function amountsOf({ amount, currency }: RequestFormProps['values']) {
  const known = currencies.find((one) => one === currency) ?? catalog.currency
  const typed = parseAmount(amount, known)
  return typed && !problemOf(amount, typed)
    ? [typed, ...typicalAmounts(known).filter(({ amount }) => amount !== typed.amount)]
    : typicalAmounts(known)
}

interface OneProps extends PageContext {
  request: PaymentRequest
  /** The address that the customer opens. */
  payUrl: string
  timeZone: string
}

export function RequestPage({ request, payUrl, timeZone, ...context }: OneProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={request.description} narrow>
      <p class="big-number">
        <Money value={request.money} locale={locale} />
      </p>
      <h1>{request.description}</h1>
      <p class="lead">{standing(request, locale, timeZone)}</p>
      {request.state === 'open' && <Share {...{ request, payUrl }} {...context} />}
      {request.state === 'processing' && context.withoutStripe && (
        <a class="button" href="/dashboard/offline">
          {t.check}
        </a>
      )}
      <p class="small">
        <a href="/dashboard/requests">{t.back}</a>
      </p>
    </Page>
  )
}

function Share({ request, payUrl, locale, withoutStripe }: Pick<OneProps, 'request' | 'payUrl'> & PageContext) {
  const t = words[locale]
  const { money, description } = request
  const chat = (language: Locale) =>
    words[language].chat(catalog.name[language], formatMoney(money, language), description, payUrl)
  return (
    <>
      {!withoutStripe && <WhatIsLeft money={money} locale={locale} />}
      <h2>{t.share}</h2>
      <QrCode url={payUrl} label={t.qr} />
      <p>
        <a href={payUrl}>{payUrl}</a>
      </p>
      <TextArea label={t.chatChinese} name="chat-zh" value={chat('zh-CN')} rows={3} readonly />
      <TextArea label={t.chatEnglish} name="chat-en" value={chat('en')} rows={3} readonly />
      <form method="post" action={`/dashboard/requests/${request.id}/cancel`}>
        <SubmitButton kind="danger">{t.cancel}</SubmitButton>
      </form>
    </>
  )
}

/** "Paid · 24 November 2026 · by Lin", "Open · valid until … · Lin". */
function standing(request: PaymentRequest, locale: Locale, timeZone: string): string {
  const t = words[locale]
  const { state, payment, expiresAt, customerName } = request
  const day = (date: Date) => formatDate(date, locale, timeZone, 'dateTime')
  const who = payment && ([payment.name, payment.email].filter(Boolean).join(' · ') || t.someone)
  return [
    t.state[state],
    payment?.paidAt && day(payment.paidAt),
    who && t.by(who),
    state === 'open' && expiresAt && t.until(day(expiresAt)),
    !payment && customerName,
  ]
    .filter(Boolean)
    .join(' · ')
}
