import { type Money as Amount, formatMoney } from '../money.ts'
import { paymentName } from '../payments/payment-name.ts'
import { Field, Problem, Select, SubmitButton } from '../ui/form.tsx'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { type RefundForm, reasons } from './form.ts'
import { words } from './words.ts'

export interface RefundPageProps extends PageContext {
  payment: {
    id: string
    kind: string
    description: string
    price_key: string | null
    name: string | null
    email: string | null
    paid: Amount
    left: Amount
    disputed: number
  }
  /** What was typed, kept. */
  values: RefundForm
  problem: string | undefined
}

export function RefundPage({ payment, values, problem, ...context }: RefundPageProps) {
  const { locale } = context
  const t = words[locale].owner
  const { id, name, email, paid, left } = payment
  const who = [name, email].filter(Boolean).join(' · ')
  return (
    <Page {...context} title={t.heading} narrow>
      <h1>{t.heading}</h1>
      <p class="lead">
        {[paymentName(payment, locale), who].filter(Boolean).join(' · ')} · <Money value={paid} locale={locale} />
      </p>
      {left.amount === 0 && !problem ? <p class="notice">{t.nothingLeft}</p> : null}
      {left.amount === 0 ? (
        problem && <Refused problem={problem} />
      ) : (
        <Form {...{ locale, payment, values, problem }} />
      )}
      <p class="small">
        <a href={`/dashboard/payments/${id}`}>{t.back}</a>
      </p>
    </Page>
  )
}

function Form({
  locale,
  payment,
  values,
  problem,
}: Pick<RefundPageProps, 'locale' | 'payment' | 'values' | 'problem'>) {
  const t = words[locale].owner
  const { id, kind, left, disputed } = payment
  return (
    <>
      {disputed > 0 && <p class="notice">{t.disputed}</p>}
      {kind === 'subscription' && <p class="muted">{t.subscription}</p>}
      <form method="post" action={`/dashboard/payments/${id}/refund`} novalidate>
        <Problem locale={locale} problems={problem ? [{ field: 'amount', text: problem }] : []} />
        <Field
          label={`${t.amount} (${left.currency.toUpperCase()})`}
          name="amount"
          value={values.amount}
          hint={t.amountHint(formatMoney(left, locale))}
          error={problem}
          inputmode="decimal"
          autocomplete="off"
        />
        <Select
          label={t.reason}
          name="reason"
          value={values.reason}
          options={reasons.map((value) => ({ value, text: t.reasons[value || 'none'] }))}
        />
        <input type="hidden" name="request" value={values.request} />
        <SubmitButton kind="danger">{t.submit}</SubmitButton>
        <p class="small muted">{t.whatHappens}</p>
      </form>
    </>
  )
}

function Refused({ problem }: { problem: string }) {
  return (
    <p class="notice problem" role="alert">
      {problem}
    </p>
  )
}
