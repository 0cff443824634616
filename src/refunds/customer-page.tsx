import { catalog, productOfPlan } from '../catalog.ts'
import { formatMoney } from '../money.ts'
import { paymentName } from '../payments/payment-name.ts'
import { SubmitButton } from '../ui/form.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import type { OwnPayment } from './read.ts'
import { words } from './words.ts'

interface TakeBackProps extends PageContext {
  payment: OwnPayment
  ownerEmail: string
  /** Stripe has just said no. */
  isRefused?: boolean
}

export function TakeBackPage({ payment, ownerEmail, isRefused, ...context }: TakeBackProps) {
  const { locale } = context
  const t = words[locale].customer
  const { amount, currency, refunded, standing } = payment
  return (
    <Page {...context} title={t.heading} narrow>
      <h1>{t.heading}</h1>
      <p class="lead">{paymentName(payment, locale)}</p>
      <p class="big-number">
        <Money value={{ amount, currency }} locale={locale} />
      </p>
      {isRefused && (
        <p class="notice problem" role="alert">
          {t.refused} <a href={`mailto:${ownerEmail}`}>{ownerEmail}</a>
        </p>
      )}
      {standing === 'offered' && !isRefused && <Offer locale={locale} payment={payment} />}
      {standing === 'underWay' && <UnderWay locale={locale} id={payment.id} />}
      {standing === 'back' && <p>{t.back(formatMoney({ amount: refunded, currency }, locale))}</p>}
      {standing === 'no' && !isRefused && (
        <p>
          {catalog.refunds ? t.no(catalog.refunds.days) : t.ask} <a href={`mailto:${ownerEmail}`}>{ownerEmail}</a>
        </p>
      )}
      <p class="small">
        <a href="/account">{t.toAccount}</a>
      </p>
    </Page>
  )
}

function Offer({ locale, payment }: { locale: Locale; payment: OwnPayment }) {
  const t = words[locale].customer
  const { id, amount, currency, credits, days, plan } = payment
  const back = formatMoney({ amount, currency }, locale)
  return (
    <>
      <p>{t.goesBack(back)}</p>
      {credits > 0 && <p>{t.losesCredits(catalog.credits[locale](credits))}</p>}
      {days !== null && <p>{t.losesDays(productOfPlan(plan)?.name[locale] ?? '', days)}</p>}
      {days !== null && <p class="muted">{t.onePass}</p>}
      <form method="post" action={`/account/refund/${id}`}>
        <SubmitButton kind="danger">{t.submit(back)}</SubmitButton>
      </form>
    </>
  )
}

function UnderWay({ locale, id }: { locale: Locale; id: string }) {
  const t = words[locale].customer
  return (
    <>
      <p class="notice" role="status">
        {t.underWay}
      </p>
      <form method="post" action={`/account/refund/${id}`}>
        <SubmitButton kind="quiet">{t.tryNow}</SubmitButton>
      </form>
    </>
  )
}
