import { zValidator } from '@hono/zod-validator'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { z } from 'zod'
import type { Limits } from '../auth/limits.ts'
import { randomToken } from '../auth/tokens.ts'
import { catalog } from '../catalog.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import { directOf, type Feature, tipChoiceOf } from '../feature.ts'
import { type CheckoutDeps, createCheckout } from '../payments/checkout.ts'
import { payerOf } from '../payments/customers.ts'
import { sameForAll } from '../ui/kept-pages.ts'
import { renderPage } from '../ui/layout.tsx'
import { pageContext } from '../ui/locale.ts'
import { isTipProblem, MESSAGE_LENGTH, NAME_LENGTH, TipForm, TipLink } from './form.ts'
import { QuickTip, TipButton, type TipForm as TipFormProps, TipPage } from './pages.tsx'
import { problemText } from './problems.ts'
import { words } from './words.ts'

export interface TipDeps extends CheckoutDeps {
  limits: Limits
  db: Db
  config: CheckoutDeps['config'] & Pick<Config, 'stripe'>
  features: Feature[]
}

/** Tips: `/tip`, and the button on the front page. */
export function tips(deps: TipDeps): Feature {
  return {
    routes: new Hono().route('/tip', tipRoutes(deps)),
    home: (context) => <TipButton {...context} />,
    thanks: (context, about) => <QuickTip {...context} {...about} request={randomToken()} />,
  }
}

function tipRoutes(deps: TipDeps): Hono {
  return new Hono()
    .get('/', (c) => {
      const { amount, message = '' } = TipLink.parse(c.req.query())
      sameForAll(c)
      return showForm(c, deps, { ...amount, message, request: c.var.visit })
    })
    .post(
      '/',
      zValidator('form', TipForm, (result, c) => showProblems(result, c, deps)),
      async (c) => {
        const { price, name, message, wall, back, request } = c.req.valid('form')
        const { locale } = c.var
        const onWall = wall !== undefined && tipChoiceOf(deps.features, locale) !== undefined
        const direct = directOf(deps)
        if (direct) return c.redirect(direct.tip({ money: price, name, message, onWall }), 303)
        await deps.limits.count(c, 'checkout')
        const { url } = await createCheckout(deps, {
          kind: 'tip',
          description: words[locale].product,
          money: price,
          name,
          message,
          onWall,
          locale,
          cancelPath: back,
          requestId: request,
          ...(await payerOf(deps.db, c.var.user)),
        })
        return c.redirect(url, 303)
      },
    )
}

function showForm(
  c: Context,
  { features }: TipDeps,
  values: TipFormProps['values'],
  problems: TipFormProps['problems'] = {},
) {
  const { presets, least, most } = catalog.tip
  const limits = { name: NAME_LENGTH, message: MESSAGE_LENGTH }
  const form: TipFormProps = {
    presets,
    bounds: { min: least, max: most },
    currency: catalog.currency,
    values,
    problems,
    limits,
    choice: tipChoiceOf(features, c.var.locale),
  }
  // Each visit gets a request id of its own.
  c.header('cache-control', 'no-store')
  const isWrong = Object.keys(problems).length > 0
  const context = pageContext(c)
  const ways = features.flatMap((feature) => feature.tip?.(context) ?? [])
  return renderPage(c, <TipPage {...context} form={form} ways={ways} />, isWrong ? 422 : 200)
}

/** The form again, with what was typed and a word beside each field. What only a tampered form can send is a 400. */
function showProblems(
  result: { success: boolean; data: unknown; error?: z.core.$ZodError },
  c: Context,
  deps: TipDeps,
) {
  if (result.success) return
  const issues = result.error?.issues ?? []
  const typed = result.data as Record<string, unknown>
  const problems: TipFormProps['problems'] = {}
  for (const { path, message } of issues) {
    const field = path[0] === 'own' ? 'amount' : path[0]
    if (field !== 'amount' && field !== 'name' && field !== 'message') throw new HTTPException(400)
    if (!isTipProblem(message)) throw new HTTPException(400)
    problems[field] = problemText(message, c.var.locale)
  }
  const text = (key: string) => (typeof typed[key] === 'string' ? typed[key] : '')
  return showForm(
    c,
    deps,
    {
      amount: text('amount'),
      own: text('own'),
      name: text('name'),
      message: text('message'),
      wall: typed.wall === 'yes',
      request: text('request'),
    },
    problems,
  )
}
