import type { Child } from 'hono/jsx'
import { paymentName } from '../payments/payment-name.ts'
import { Facts } from '../ui/facts.tsx'
import { formatDate } from '../ui/i18n.ts'
import { Page, type PageContext } from '../ui/layout.tsx'
import { Money } from '../ui/money.tsx'
import { methodName } from '../ui/words.ts'
import type { Receipt } from './receipt.ts'
import { words } from './receipt-words.ts'

interface ReceiptProps extends PageContext {
  receipt: Receipt
  ownerEmail: string
  timeZone: string
}

/** Prints on one sheet: the stylesheet leaves out what is not part of it. */
export function ReceiptPage({ receipt, ownerEmail, timeZone, ...context }: ReceiptProps) {
  const { locale, shopName } = context
  const t = words[locale]
  const { id, amount, currency, refunded, quantity, method, name, email, paid_at } = receipt
  const money = (value: number) => (
    <>
      <Money value={{ amount: value, currency }} locale={locale} /> {currency.toUpperCase()}
    </>
  )
  const facts: [string, Child][] = [
    [t.from, `${shopName} · ${ownerEmail}`],
    [t.to, [name, email].filter(Boolean).join(' · ')],
    [t.what, paymentName(receipt, locale)],
  ]
  if (quantity > 1) facts.push([t.quantity, String(quantity)])
  facts.push([t.date, formatDate(paid_at, locale, timeZone, 'date')])
  if (method) facts.push([t.method, methodName(method, locale)])
  facts.push([t.amount, money(amount)])
  if (refunded > 0) facts.push([t.refunded, money(-refunded)], [t.left, money(amount - refunded)])
  facts.push([t.number, <code>{id}</code>])
  return (
    <Page {...context} title={t.title} narrow>
      <h1>{t.title}</h1>
      <p class="big-number">
        <Money value={{ amount: amount - refunded, currency }} locale={locale} />
      </p>
      <Facts facts={facts} />
      <p class="small muted">{t.notInvoice}</p>
      <div class="screen">
        <p class="small muted">{t.print}</p>
        <p class="small">
          <a href="/account">{t.back}</a>
        </p>
      </div>
    </Page>
  )
}
