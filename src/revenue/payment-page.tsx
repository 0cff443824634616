import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { catalog, productOfPlan } from '../catalog.ts'
import { paymentName } from '../payments/payment-name.ts'
import { Facts } from '../ui/facts.tsx'
import type { Locale } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { methodName } from '../ui/words.ts'
import type { Opened, Payment } from './payment.ts'
import { Events, History } from './payment-history-parts.tsx'
import { named, words } from './payment-words.ts'
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
      <p class="status">{named(t.states, payment.state)}</p>
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
      <Known {...{ locale, payment }} />
      <History {...{ locale, timeZone, payment }} />
      <Events {...{ locale, timeZone, events: payment.events }} />
      <Ids {...{ locale, payment }} />
      <p class="small">
        <a href="/dashboard/payments">{t.all}</a> · <a href="/dashboard">{t.back}</a>
      </p>
    </Page>
  )
}

function Known({ locale, payment }: { locale: Locale; payment: Payment }) {
  const t = words[locale]
  const { settled, method, currency, refunded, disputed, opened } = payment
  const money = (amount: number, currency: string) => <Money value={{ amount, currency }} locale={locale} />
  const pending = <span class="muted">{revenueWords[locale].pending}</span>
  const facts: [string, Child][] = []
  if (method) facts.push([t.method, methodName(method, locale)])
  if (settled) facts.push([t.fee, money(settled.fee, settled.currency)], [t.net, money(settled.net, settled.currency)])
  if (settled === null) facts.push([t.fee, pending], [t.net, pending])
  if (refunded > 0) facts.push([t.refunded, money(refunded, currency)])
  if (disputed > 0) facts.push([t.disputed, money(disputed, currency)])
  for (const what of whatIsOpen(opened, locale)) facts.push([t.opened, what])
  return (
    <section>
      <Facts facts={facts} />
    </section>
  )
}

/** What it opened, each with what was taken back of it. */
function whatIsOpen({ credits, keptCredits, plan, days, isPlanKept }: Opened, locale: Locale): string[] {
  const t = words[locale]
  const said: string[] = []
  if (credits > 0) {
    const creditsOf = catalog.credits[locale]
    const back = credits - keptCredits
    if (back === 0) said.push(creditsOf(credits))
    else said.push(keptCredits > 0 ? t.partBack(creditsOf(credits), creditsOf(back)) : t.isBack(creditsOf(credits)))
  }
  const product = productOfPlan(plan)?.name[locale] ?? plan
  if (product) {
    const what = days ? t.days(product, days) : t.subscription(product)
    said.push(isPlanKept ? what : t.isBack(what))
  }
  return said
}

function Ids({ locale, payment }: { locale: Locale; payment: Payment }) {
  const { ids } = payment
  if (ids.length === 0) return null
  return (
    <section>
      <h2>{words[locale].ids}</h2>
      <ul class="rows">
        {ids.map((id) => (
          <li>
            <code>{id}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
