import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { collect } from './billing/collect.ts'
import { paymentOf } from './billing/finalize.ts'
import { lockInvoice } from './billing/state.ts'
import type { Invoice } from './billing/types.ts'
import { billingWords } from './billing-words.ts'
import { declineText, readCardFields, TEST_CARD } from './card-fields.tsx'
import type { Card, Decline } from './cards.ts'
import { fromTheBrowser } from './checkout.ts'
import { InvoiceSheet, ReceiptSheet } from './invoice-sheet.tsx'
import { guards, page } from './pages.tsx'
import { settleSoon } from './payment.ts'
import { attach } from './resources/payment-method-routes.ts'
import { createPaymentMethod } from './resources/payment-methods.ts'
import type { Store } from './store.ts'
import { languageOf } from './words.ts'

/** Where hosted_invoice_url and receipt_url lead. */
export function invoicePages(store: Store): Hono {
  const app = new Hono()
  for (const path of ['/invoices/*', '/receipts/*']) app.use(path, ...guards)

  app.get('/invoices/:id/:print{print}?', (c) => show(store, c))
  app.post('/invoices/:id', async (c) => {
    const language = spoken(c)
    const typed = { ...TEST_CARD, ...((await c.req.parseBody()) as Record<string, string>) }
    const { card, problems } = readCardFields(typed, language)
    if (!card) return show(store, c, { typed, problems }, 422)
    const decline = await payInvoice(store, c.req.param('id'), card)
    if (!decline) return c.redirect(`/sandbox/invoices/${c.req.param('id')}`, 303)
    return show(store, c, { typed, problems: { form: declineText(decline, language) } }, 402)
  })
  app.get('/receipts/:id', async (c) => {
    const language = spoken(c)
    const charge = await store.read((tx) => tx.find<Stripe.Charge>('charge', c.req.param('id')))
    if (!charge?.paid) return unknown(c)
    return page(c, { title: billingWords[language].receipt, language }, <ReceiptSheet {...{ charge, language }} />)
  })
  return app
}

async function show(
  store: Store,
  c: Context,
  filled: { typed: Record<string, string>; problems: Record<string, string> } = { typed: TEST_CARD, problems: {} },
  status: 200 | 402 | 422 = 200,
) {
  const language = spoken(c)
  const found = await store.read(async (tx) => {
    const invoice = await tx.find<Invoice>('invoice', c.req.param('id') ?? '')
    const payment = invoice && (await paymentOf(tx, invoice.id))?.payment.payment_intent
    const intent = payment && (await tx.find<Stripe.PaymentIntent>('payment_intent', payment as string))
    return invoice && { invoice, receipt: invoice.status === 'paid' && intent ? intent.latest_charge : null }
  })
  if (!found || found.invoice.status === 'draft') return unknown(c)
  const title = `${billingWords[language].invoice} ${found.invoice.number}`
  const bare = c.req.param('print') !== undefined
  return page(
    c,
    { title, language, status },
    <InvoiceSheet
      {...filled}
      {...{ language, bare }}
      invoice={found.invoice}
      receipt={found.receipt as string | null}
    />,
  )
}

/** By the customer, who is there: so the bank asks nothing that they could not answer. */
const payInvoice = (store: Store, id: string, card: Card): Promise<Decline | undefined> =>
  store.write(async (tx) => {
    const invoice = await lockInvoice(tx, id)
    const payer = { email: invoice.customer_email ?? '', name: invoice.customer_name }
    const method = await createPaymentMethod(tx, 'card', card, payer)
    if (!card.behaviour.decline) await attach(tx, method, invoice.customer)
    const means = { method, card, authenticated: true }
    const { charge, decline } = await collect(tx, id, { means, automatic: false })
    if (charge) await settleSoon(tx, charge)
    return decline
  }, fromTheBrowser())

const spoken = (c: Context) => languageOf(null, c.req.header('accept-language'))

export const unknown = (c: Context) => {
  const title = billingWords[spoken(c)].none
  return page(c, { title, language: spoken(c), status: 404, className: 'narrow centred' }, <h1>{title}</h1>)
}
