import type Stripe from 'stripe'
import type { Invoice } from './billing/types.ts'
import { billingWords, cardName } from './billing-words.ts'
import { CardFields, type Filled } from './card-fields.tsx'
import { format } from './currencies.ts'
import { dayText } from './times.ts'
import type { Language } from './words.ts'

interface Sheet extends Filled {
  invoice: Invoice
  /** The charge that paid it. */
  receipt: string | null
  language: Language
  /** Nothing but the paper. */
  bare: boolean
}

export const InvoiceSheet = ({ invoice, receipt, language, bare, ...filled }: Sheet) => {
  const say = billingWords[language]
  const money = (amount: number) => format(amount, invoice.currency, language)
  const off = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0)
  const paidAt = invoice.status_transitions.paid_at
  return (
    <>
      <h1>
        {say.invoice} {invoice.number}
      </h1>
      <p class="muted">
        {say.to} {invoice.customer_name ?? ''} {invoice.customer_email}
        <br />
        {paidAt ? say.paidOn(dayText(paidAt, language)) : say.status[invoice.status ?? '']}
      </p>
      <ul class="items">
        {invoice.lines.data.map((line) => (
          <Amount label={line.description ?? ''} amount={money(line.amount)} />
        ))}
        {off ? <Amount label={say.discount} amount={money(-off)} /> : null}
        <Amount label={say.total} amount={money(invoice.total)} />
        {invoice.total === invoice.amount_due ? null : (
          <>
            <Amount label={say.credit} amount={money(invoice.amount_due - invoice.total)} />
            <Amount label={say.due} amount={money(invoice.amount_due)} />
          </>
        )}
      </ul>
      {bare ? null : (
        <p>
          {receipt ? <a href={`/sandbox/receipts/${receipt}`}>{say.receipt}</a> : null}{' '}
          <a href={`/sandbox/invoices/${invoice.id}/print`}>{say.print}</a>
        </p>
      )}
      {invoice.status === 'open' && !bare ? (
        <form class="sheet" method="post" action={`/sandbox/invoices/${invoice.id}`} novalidate>
          <Alert text={filled.problems.form} />
          <CardFields language={language} {...filled} />
          <button class="button" type="submit">
            {say.pay(money(invoice.amount_due))}
          </button>
        </form>
      ) : null}
    </>
  )
}

export const Alert = ({ text }: { text: string | undefined }) =>
  text ? (
    <p class="alert" role="alert">
      {text}
    </p>
  ) : null

const Amount = ({ label, amount }: { label: string; amount: string }) => (
  <li>
    <span>{label}</span>
    <span class="money">{amount}</span>
  </li>
)

export const ReceiptSheet = ({ charge, language }: { charge: Stripe.Charge; language: Language }) => {
  const say = billingWords[language]
  const money = (amount: number) => format(amount, charge.currency, language)
  const card = charge.payment_method_details?.card
  return (
    <>
      <h1>{say.receipt}</h1>
      <p class="total money">{money(charge.amount)}</p>
      <p class="muted">
        {say.paidOn(dayText(charge.created, language))}
        <br />
        {say.paidWith(card ? cardName({ card }) : (charge.payment_method_details?.type ?? ''))}
      </p>
      <ul class="items">
        <Amount label={charge.description ?? charge.id} amount={money(charge.amount)} />
        {charge.amount_refunded ? <Amount label={say.refunded} amount={money(-charge.amount_refunded)} /> : null}
      </ul>
    </>
  )
}
