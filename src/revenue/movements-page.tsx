import { type Money as Amount, formatMoney } from '../money.ts'
import { paymentName } from '../payments/payment-name.ts'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { Time } from '../ui/time.tsx'
import { Currencies } from './figures.tsx'
import type { Movement } from './movement-list.ts'
import { PENDING, typeName, words } from './movement-words.ts'
import { groupOf, OFFLINE } from './movements.ts'

export interface MovementsPageProps extends PageContext {
  timeZone: string
  currencies: string[]
  currency: string
  movements: Movement[]
  /** The addresses of the first page, unless this is it, and of the next. */
  newest: string | undefined
  older: string | undefined
}

export function MovementsPage({
  timeZone,
  currencies,
  currency,
  movements,
  newest,
  older,
  ...context
}: MovementsPageProps) {
  const { locale } = context
  const t = words[locale]
  return (
    <Page {...context} title={t.title}>
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      {currencies.length > 1 && <Currencies {...{ locale, currencies, currency }} />}
      {movements.length === 0 && <p class="muted">{t.empty}</p>}
      <ul class="rows">
        {movements.map((movement) => (
          <Row {...{ movement, currency, timeZone, locale }} />
        ))}
      </ul>
      <p>
        {newest && <a href={newest}>{t.newest}</a>} {older && <a href={older}>{t.older}</a>}
      </p>
    </Page>
  )
}

/** Stripe's description is in the customer's language, where there is one. */
function describedAs({ kind, name, price_key, description }: Movement, locale: Locale): string | null {
  return kind === null || name === null ? description : paymentName({ kind, description: name, price_key }, locale)
}

interface RowProps {
  movement: Movement
  currency: string
  timeZone: string
  locale: Locale
}

function Row({ movement, currency, timeZone, locale }: RowProps) {
  const { at, type, category, payment_id } = movement
  const description = describedAs(movement, locale)
  const t = words[locale]
  const money = (amount: number): Amount => ({ amount, currency })
  const written = (amount: number) => formatMoney(money(amount), locale)
  const taken = type === PENDING ? [t.pendingFee] : [t.fee(written(movement.fee)), t.net(written(movement.net))]
  const paymentId = type === OFFLINE ? movement.id : payment_id
  return (
    <li>
      <span>
        {typeName(type, locale)} <small>{t.groups[groupOf(category, type)]}</small>
      </span>
      <span class={movement.amount < 0 ? 'out' : 'in'}>
        <Money value={money(movement.amount)} locale={locale} signed />
      </span>
      {description && <small>{description}</small>}
      <small>
        <Time {...{ at, locale, timeZone }} />
        {taken.map((text) => (
          <>
            {' · '}
            <span class="phrase">{text}</span>
          </>
        ))}
        {paymentId && ' · '}
        {paymentId && (
          <a class="phrase" href={`/dashboard/payments/${paymentId}`}>
            {t.payment}
          </a>
        )}
      </small>
    </li>
  )
}
