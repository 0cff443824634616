import { formatMoney } from '../money.ts'
import { SubmitButton } from '../ui/form.tsx'
import { formatDate, zoneName } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import type { PaymentRequest } from './request.ts'
import { words } from './words.ts'

/** What whoever has the link sees: who asks for what, and whether it can be paid; never who paid. */
export function PayPage({
  request,
  timeZone,
  ...context
}: PageContext & { request: PaymentRequest; timeZone: string }) {
  const { locale, shopName } = context
  const t = words[locale]
  const { state, money, description, id, expiresAt } = request
  const amount = formatMoney(money, locale)
  return (
    <Page {...context} title={t.payTitle(amount)} narrow noindex>
      <p class="lead">{t.asks(shopName)}</p>
      <h1 class="big-number">
        <Money value={money} locale={locale} />
      </h1>
      <p>
        {t.forWhat} <b>{description}</b>
      </p>
      {state === 'open' ? (
        <form method="post" action={`/pay/${id}`}>
          <SubmitButton>{t.pay}</SubmitButton>
          <p class="small muted">
            {context.withoutStripe ? t.directly : t.methods}{' '}
            {expiresAt &&
              t.payUntil(formatDate(expiresAt, locale, timeZone, 'dateTime'), zoneName(expiresAt, locale, timeZone))}
          </p>
        </form>
      ) : (
        <div class={state === 'paid' ? 'outcome paid' : 'outcome'}>
          <h2>{t[state].heading}</h2>
          <p>{t[state].text}</p>
        </div>
      )}
    </Page>
  )
}
