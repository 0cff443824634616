import { type Context, Hono } from 'hono'
import type Stripe from 'stripe'
import { type Card, readCard } from './cards.ts'
import { authenticate, type Outcome, pay } from './checkout.ts'
import { Authentication, boundsText, Checkout, Closed, type Problems, type Typed, type View } from './checkout-form.tsx'
import { decimalsOf, MAXIMUM, minimumFor } from './currencies.ts'
import { StripeError } from './errors.ts'
import type { Method } from './fees.ts'
import { guards, page } from './pages.tsx'
import type { SessionHidden } from './resources/session-create.ts'
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

async function viewOf(store: Store, c: Context): Promise<View | undefined> {
  return store.read(async (tx) => {
    const row = await tx.row<Stripe.Checkout.Session, SessionHidden>('checkout.session', c.req.param('id') ?? '')
    if (!row) return undefined
    const { data: session, hidden } = row
    const own = hidden.items[0]!.price.custom_unit_amount
    const method =
      hidden.waiting && (await tx.find<Stripe.PaymentMethod>('payment_method', hidden.waiting.payment_method))
    const over = session.status === 'expired' || session.expires_at <= tx.seconds
    const currency = session.currency!
    return {
      session,
      items: hidden.items,
      methods: hidden.methods,
      state: session.status === 'complete' ? 'paid' : over ? 'expired' : 'open',
      language: languageOf(session.locale, c.req.header('accept-language')),
      ...(method && { waiting: method.type as Method }),
      ...(own && {
        bounds: {
          least: Math.max(own.minimum ?? 0, minimumFor(currency, tx.config.settlementCurrency)),
          most: own.maximum ?? MAXIMUM,
        },
      }),
    }
  })
}

function defaults({ session, methods, items }: View, number = '4242 4242 4242 4242'): Typed {
  const preset = items[0]!.price.custom_unit_amount?.preset
  return {
    email: session.customer_details?.email ?? '',
    name: '',
    method: methods[0]!,
    number: number.slice(0, 30),
    expiry: '12 / 34',
    cvc: '123',
    amount: preset ? plain(preset, session.currency!) : '',
  }
}

function readForm(view: View, typed: Typed) {
  const say = words[view.language]
  const problems: Problems = {}
  const method = view.methods.find((one) => one === typed.method)
  const email = view.session.customer_details?.email ?? typed.email.trim()
  if (!method) problems.method = say.method
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) problems.email = say.emailProblem
  const amount = view.bounds && readAmount(typed.amount, view.session.currency!)
  if (view.bounds && (amount === undefined || amount < view.bounds.least || amount > view.bounds.most)) {
    problems.amount = boundsText(view)
  }
  let card: Card | undefined
  if (method === 'card') {
    const read = readCard(typed, new Date())
    if ('card' in read) card = read.card
    else
      for (const [field, problem] of Object.entries(read.problems))
        problems[field as keyof Typed] = say.problems[problem]
  }
  if (!method || Object.keys(problems).length) return { problems }
  const payer = { email, name: typed.name.trim() || null }
  return { problems, payment: { method, payer, ...(card && { card }), ...(amount && { amount }) } }
}

function answer(c: Context, view: View, typed: Typed, outcome: Outcome) {
  if (outcome.status === 'paid' || outcome.status === 'requires_action') return c.redirect(outcome.redirect, 303)
  if (outcome.status === 'closed') return c.redirect(`/sandbox/checkout/${view.session.id}`, 303)
  const { code, decline_code, message } = outcome.decline
  const text = words[view.language].declines[decline_code ?? code] ?? message
  return show(c, view, typed, { form: text }, 402)
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
