import type Stripe from 'stripe'
import { periodEnd } from './billing/state.ts'
import type { Invoice, Subscription } from './billing/types.ts'
import { billingWords, cardName, pricePer } from './billing-words.ts'
import { CardFields, type Filled } from './card-fields.tsx'
import { format } from './currencies.ts'
import { Alert } from './invoice-sheet.tsx'
import type { Price } from './resources/prices.ts'
import { dayText } from './times.ts'
import type { Language } from './words.ts'

export interface PortalView {
  session: Stripe.BillingPortal.Session
  features: Stripe.BillingPortal.Configuration['features']
  customer: Stripe.Customer
  subscriptions: Subscription[]
  invoices: Invoice[]
  /** To switch to. */
  prices: Price[]
  /** Of the products. */
  names: Record<string, string>
  card?: Stripe.PaymentMethod
  language: Language
}

export const Portal = (view: PortalView & Filled) => {
  const { session, subscriptions, invoices, features, language } = view
  const say = billingWords[language]
  return (
    <>
      {session.return_url ? (
        <p>
          <a href={session.return_url}>← {say.back}</a>
        </p>
      ) : null}
      <h1>{say.portal}</h1>
      <p class="muted">{view.customer.email}</p>
      <h2>{say.subscriptions}</h2>
      {subscriptions.length ? null : <p class="muted">{say.noSubscriptions}</p>}
      {subscriptions.map((subscription) => (
        <One view={view} subscription={subscription} />
      ))}
      {features.payment_method_update.enabled ? <CardForm {...view} /> : null}
      {features.invoice_history.enabled ? (
        <>
          <h2>{say.invoices}</h2>
          {invoices.length ? null : <p class="muted">{say.noInvoices}</p>}
          <ul class="rows">
            {invoices.map((invoice) => (
              <li>
                <a href={invoice.hosted_invoice_url ?? ''}>{dayText(invoice.created, language)}</a>
                <span class="money">{format(invoice.amount_due, invoice.currency, language)}</span>
                <small>
                  {invoice.number} · {say.status[invoice.status ?? '']}
                </small>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  )
}

const One = ({ view, subscription }: { view: PortalView; subscription: Subscription }) => {
  const { features, language, names, prices } = view
  const say = billingWords[language]
  const current = new Set(subscription.items.data.map(({ price }) => price.id))
  const ends = subscription.cancel_at
  const when = dayText(ends ?? periodEnd(subscription), language)
  const owed = ['past_due', 'unpaid'].includes(subscription.status)
  return (
    <section class="sheet">
      {subscription.items.data.map(({ price, quantity }) => (
        <p>
          <b>{names[price.product as string]}</b> <span class="money">{pricePer(price, quantity ?? 1, language)}</span>
        </p>
      ))}
      <p class="muted">
        {say.status[subscription.status]} ·{' '}
        {ends ? say.ends(when) : subscription.status === 'trialing' ? say.trial(when) : say.renews(when)}
      </p>
      <Alert text={owed ? say.owed : undefined} />
      {prices
        .filter(({ id }) => !current.has(id))
        .map((price) => (
          <Act {...{ view, subscription }} name="switch" label={say.switchTo(planText(view, price))}>
            <input type="hidden" name="price" value={price.id} />
          </Act>
        ))}
      {ends ? <Act {...{ view, subscription }} name="resume" label={say.resume} /> : null}
      {!ends && features.subscription_cancel.enabled ? (
        <Act {...{ view, subscription }} name="cancel" label={say.cancel}>
          <Reasons {...view} />
        </Act>
      ) : null}
    </section>
  )
}

const planText = ({ names, language }: PortalView, price: Price) =>
  `${names[price.product as string]} ${pricePer(price, 1, language)}`

interface ActProps {
  view: PortalView
  subscription: Subscription
  name: 'cancel' | 'resume' | 'switch'
  label: string
  children?: unknown
}

const Act = ({ view, subscription, name, label, children }: ActProps) => (
  <form class="inline" method="post" action={`/sandbox/portal/${view.session.id}/${name}`}>
    <input type="hidden" name="subscription" value={subscription.id} />
    {children}
    <button class="small-button" type="submit">
      {label}
    </button>
  </form>
)

const Reasons = ({ features, language }: PortalView) => {
  const { enabled, options } = features.subscription_cancel.cancellation_reason
  const say = billingWords[language]
  return enabled ? (
    <select name="feedback" aria-label={say.reason}>
      <option value="">{say.reason}</option>
      {options.map((option) => (
        <option value={option}>{say.reasons[option]}</option>
      ))}
    </select>
  ) : null
}

const CardForm = ({ session, card, language, ...filled }: PortalView & Filled) => {
  const say = billingWords[language]
  return (
    <>
      <h2>{say.card}</h2>
      <p class="muted">{card ? cardName(card) : say.noCard}</p>
      <form class="sheet" method="post" action={`/sandbox/portal/${session.id}/card`} novalidate>
        <Alert text={filled.problems.form} />
        <CardFields language={language} typed={filled.typed} problems={filled.problems} />
        <button class="button" type="submit">
          {say.replaceCard}
        </button>
      </form>
    </>
  )
}
