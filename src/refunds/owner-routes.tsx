import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requireFresh } from '../auth/guards.ts'
import { randomToken, sha256 } from '../auth/tokens.ts'
import type { Db } from '../db/connection.ts'
import { decimal, type Money } from '../money.ts'
import { type Refusal, refund } from '../payments/refund.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { amountOf, RefundForm } from './form.ts'
import { RefundPage, type RefundPageProps } from './owner-page.tsx'
import { amountText, refusalText } from './problems.ts'
import type { RefundDeps } from './routes.tsx'

/** `/dashboard/payments/:id/refund`: money can't be called back, so the sign-in has to be fresh. */
export function ownerRoutes(deps: RefundDeps): Hono {
  return new Hono()
    .use(requireFresh)
    .get('/', async (c) => {
      const payment = await paymentOf(deps.db, c.req.param('id')!)
      if (!payment) return c.notFound()
      return show(c, payment, { amount: decimal(payment.left), reason: '', request: randomToken() })
    })
    .post('/', zValidator('form', RefundForm, refuseTampered), async (c) => {
      const form = c.req.valid('form')
      const { locale } = c.var
      const payment = await paymentOf(deps.db, c.req.param('id')!)
      if (!payment) return c.notFound()
      const money = amountOf(form.amount, payment.left)
      // A second click comes when less is left: Stripe knows whether it is the same.
      const amount = money === 'tooMuch' ? amountOf(form.amount, payment.paid) : money
      if (typeof amount === 'string') return show(c, payment, form, 422, amountText(amount, payment.left, locale))
      const reason = form.reason || undefined
      // The same page sent with something else in it is another refund.
      const idempotencyKey = sha256(JSON.stringify(['refund', payment.id, form.request, amount.amount, reason]))
      const order = { paymentId: payment.id, money: amount, reason, askedBy: 'owner', idempotencyKey } as const
      const refusal = await refund(deps, order)
      if (refusal) return showRefusal(c, deps.db, payment.id, form, refusal)
      return c.redirect(`/dashboard/payments/${payment.id}`, 303)
    })
}

async function showRefusal(c: Context, db: Db, paymentId: string, form: RefundForm, refusal: Refusal) {
  const payment = await paymentOf(db, paymentId)
  if (!payment) return c.notFound()
  const problem = refusalText(refusal, payment.left, c.var.locale)
  if (refusal.why === 'down') return show(c, payment, form, 503, problem)
  if (refusal.why === 'busy') return show(c, payment, form, 409, problem)
  // Stripe would only say the same again under that key.
  return show(c, payment, { ...form, request: randomToken() }, 422, problem)
}

function show(
  c: Context,
  payment: RefundPageProps['payment'],
  values: RefundPageProps['values'],
  status: 200 | 409 | 422 | 503 = 200,
  problem?: string,
) {
  c.header('cache-control', 'no-store')
  return renderPage(c, <RefundPage {...pageContext(c)} payment={payment} values={values} problem={problem} />, status)
}

async function paymentOf(db: Db, id: string) {
  const payment = await db
    .selectFrom('payments')
    .select(['id', 'kind', 'description', 'price_key', 'name', 'email', 'amount', 'currency', 'refunded', 'disputed'])
    .where('id', '=', id)
    .where('status', '=', 'paid')
    .executeTakeFirst()
  if (!payment) return undefined
  const { amount, refunded, currency, ...facts } = payment
  const money = (value: number): Money => ({ amount: value, currency })
  return { ...facts, paid: money(amount), left: money(amount - refunded) }
}

function refuseTampered({ success }: { success: boolean }) {
  if (!success) throw new HTTPException(400)
}
