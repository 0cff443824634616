import { type Context, Hono } from 'hono'
import { declineText, readCardFields, TEST_CARD } from './card-fields.tsx'
import { authenticate, type Outcome, pay } from './checkout.ts'
import { changeSession } from './checkout-changes.ts'
import { Authentication, boundsText, Checkout, Closed, type Problems, type Typed, type View } from './checkout-form.tsx'
import { viewOf } from './checkout-view.ts'
import { decimalsOf } from './currencies.ts'
import { StripeError } from './errors.ts'
import { guards, page } from './pages.tsx'
import type { Store } from './store.ts'
import { languageOf, words } from './words.ts'

/** Stripe's hosted page, as far as it matters: it works without a script. */

export function checkoutPages(store: Store): Hono {
  const app = new Hono()
  app.use('/checkout/*', ...guards)

  app.get('/checkout/:id', async (c) => {
    const view = await viewOf(store, c)
    if (!view) return unknown(c)
    const problems = c.req.query('failed') === undefined ? {} : { form: words[view.language].failed }
    return show(c, view, defaults(view, c.req.query('number')), problems)
  })

  app.post('/checkout/:id', async (c) => {
    const view = await viewOf(store, c)
    if (!view) return unknown(c)
    if (view.state !== 'open') return show(c, view, defaults(view))
    const typed = { ...defaults(view), ...((await c.req.parseBody()) as Partial<Typed>) }
    const { problems, payment } = readForm(view, typed)
    if (!payment) return show(c, view, typed, problems, 422)
    return answer(c, view, typed, await pay(store, view.session.id, payment).catch(asDecline))
  })

  app.post('/checkout/:id/change', async (c) => {
    const view = await viewOf(store, c)
    if (!view) return unknown(c)
    const { code, quantity } = (await c.req.parseBody()) as Partial<Typed>
    const problem = await changeSession(store, view.session.id, {
      ...(code !== undefined && { promotionCode: code }),
      ...(quantity !== undefined && { quantity: Math.round(Number(quantity)) || 0 }),
    })
    if (!problem) return c.redirect(`/sandbox/checkout/${view.session.id}`, 303)
    return show(c, view, { ...defaults(view), code: code ?? '' }, changeProblems(view, code !== undefined), 422)
  })

  app.get('/checkout/:id/authenticate', async (c) => {
    const view = await viewOf(store, c)
    if (!view) return unknown(c)
    if (view.state !== 'open' || !view.waiting) return c.redirect(`/sandbox/checkout/${view.session.id}`, 303)
    return page(
      c,
      { title: words[view.language].authentication, language: view.language, className: 'narrow' },
      <Authentication {...view} />,
    )
  })

  app.post('/checkout/:id/authenticate', async (c) => {
    const view = await viewOf(store, c)
    if (!view) return unknown(c)
    const { outcome } = await c.req.parseBody()
    const result = await authenticate(store, view.session.id, outcome === 'agree')
    if (result.status === 'paid') return c.redirect(result.redirect, 303)
    return c.redirect(`/sandbox/checkout/${view.session.id}${result.status === 'declined' ? '?failed' : ''}`, 303)
  })
  return app
}

function changeProblems(view: View, ofCode: boolean): Problems {
  const { minimum, maximum } = view.items.find((item) => item.adjustable_quantity)?.adjustable_quantity ?? {}
  const say = words[view.language]
  return ofCode ? { code: say.codeProblem } : { quantity: say.quantityProblem(minimum ?? 1, maximum ?? 1) }
}

function defaults({ session, methods, items }: View, number = TEST_CARD.number): Typed {
  const preset = items[0]!.price.custom_unit_amount?.preset
  return {
    email: session.customer_details?.email ?? '',
    name: '',
    method: methods[0]!,
    ...TEST_CARD,
    number: number.slice(0, 30),
    amount: preset ? plain(preset, session.currency!) : '',
    code: '',
    quantity: '',
  }
}

function readForm(view: View, typed: Typed) {
  const say = words[view.language]
  const problems: Problems = {}
  const method = view.methods.find((one) => one === typed.method)
  const email = view.session.customer_details?.email ?? typed.email.trim()
  if (!method && !view.free) problems.method = say.method
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) problems.email = say.emailProblem
  const amount = view.bounds && readAmount(typed.amount, view.session.currency!)
  if (view.bounds && (amount === undefined || amount < view.bounds.least || amount > view.bounds.most)) {
    problems.amount = boundsText(view)
  }
  const read = method === 'card' && !view.free ? readCardFields(typed, view.language) : undefined
  Object.assign(problems, read?.problems)
  if (Object.keys(problems).length) return { problems }
  const payer = { email, name: typed.name.trim() || null }
  return {
    problems,
    payment: { ...(method && { method }), payer, ...(read?.card && { card: read.card }), ...(amount && { amount }) },
  }
}

function answer(c: Context, view: View, typed: Typed, outcome: Outcome) {
  if (outcome.status === 'paid' || outcome.status === 'requires_action') return c.redirect(outcome.redirect, 303)
  if (outcome.status === 'closed') return c.redirect(`/sandbox/checkout/${view.session.id}`, 303)
  return show(c, view, typed, { form: declineText(outcome.decline, view.language) }, 402)
}

/** What the form could not know, said on the form. */
function asDecline(error: unknown): Outcome {
  if (error instanceof StripeError)
    return { status: 'declined', decline: { code: error.body.code ?? '', message: error.message } }
  throw error
}

function show(c: Context, view: View, typed: Typed, problems: Problems = {}, status: 200 | 402 | 422 = 200) {
  const { session, state, language } = view
  const title = words[language].payTo(session.branding_settings!.display_name)
  if (state !== 'open') return page(c, { title, language, className: 'narrow centred' }, <Closed {...view} />)
  return page(
    c,
    { title, language, status, className: 'checkout' },
    <Checkout {...view} typed={typed} problems={problems} />,
  )
}

const unknown = (c: Context) => {
  const language = languageOf(null, c.req.header('accept-language'))
  const title = words[language].unknown
  return page(c, { title, language, status: 404, className: 'narrow centred' }, <h1>{title}</h1>)
}

const plain = (amount: number, currency: string) => (amount / 10 ** decimalsOf(currency)).toFixed(decimalsOf(currency))

/** Text to minor units, never through a float. */
function readAmount(text: string, currency: string): number | undefined {
  const digits = decimalsOf(currency)
  const [, whole, fraction = ''] = /^(\d{1,9})(?:\.(\d{1,3}))?$/.exec(text.trim()) ?? []
  return whole === undefined || fraction.length > digits ? undefined : Number(whole + fraction.padEnd(digits, '0'))
}
