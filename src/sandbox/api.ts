import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { StripeError } from './errors.ts'
import { expand } from './expand.ts'
import { faults } from './faults.ts'
import { once } from './idempotency.ts'
import { newId } from './ids.ts'
import { asStripeError, decodeForm, text } from './params.ts'
import { include, routes } from './resources/index.ts'
import type { Route } from './route.ts'
import type { Store } from './store.ts'
import type { Tx } from './tx.ts'
import { API_VERSION } from './version.ts'

/** Stripe's API: /v1/… */
export function api(store: Store): Hono {
  const app = new Hono()
  app.use(
    '/v1/*',
    faults(store, (c, error) => send(c, newId('req_', 14), error)),
  )
  for (const route of routes) app.on(route.method, `/v1${route.path}`, (c) => answer(store, c, route))
  app.all('/v1/*', (c) => {
    const { method, path } = c.req
    const at = path.slice(path.indexOf('/v1/'))
    return send(
      c,
      newId('req_', 14),
      new StripeError(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${method}: ${at}). Stripe may have it, the local sandbox does not.`,
      }),
    )
  })
  return app
}

async function answer(store: Store, c: Context, route: Route): Promise<Response> {
  const id = newId('req_', 14)
  try {
    authenticate(c)
    checkVersion(c)
    const url = new URL(c.req.url)
    const body = await c.req.text()
    const given = decodeForm([url.search.slice(1), body].filter(Boolean).join('&'))
    if (route.method === 'GET') return send(c, id, await store.read((tx) => run(tx, route, c, given)))

    const key = (route.method === 'POST' && c.req.header('idempotency-key')) || null
    const fingerprint = createHash('sha256').update(`${route.method} ${url.pathname} ${body}`).digest('hex')
    const { result, original } = await store.write((tx) => once(tx, fingerprint, () => run(tx, route, c, given)), {
      id,
      idempotency_key: key,
    })
    if (key) c.header('Original-Request', original ?? id)
    if (original) c.header('Idempotent-Replayed', 'true')
    return send(c, id, result)
  } catch (error) {
    if (error instanceof StripeError) return send(c, id, error)
    console.error('sandbox:', error)
    return send(c, id, new StripeError(500, { type: 'api_error', message: `The sandbox failed: ${error}` }))
  }
}

async function run(tx: Tx, route: Route, c: Context, given: Record<string, unknown>): Promise<object> {
  const { expand: paths, ...rest } = given
  const expansions = parse(z.array(text()).default([]), paths, 'expand')
  const params = parse(route.params, rest)
  const answer = await route.run(tx, params, c.req.param('id') ?? '')
  // An error that is returned, not thrown, keeps what was done: a declined payment did happen.
  if (answer instanceof StripeError) return answer
  const result = structuredClone(answer)
  await expand(tx, result, expansions, include)
  return result
}

function parse<S extends z.ZodType>(schema: S, given: unknown, under?: string): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  if (!under) throw asStripeError(parsed.error, given)
  throw asStripeError(
    new z.ZodError(parsed.error.issues.map((issue) => ({ ...issue, path: [under, ...issue.path] }))),
    { [under]: given },
  )
}

function authenticate(c: Context): void {
  const [scheme, value = ''] = (c.req.header('authorization') ?? '').split(' ')
  const key = scheme === 'Basic' ? Buffer.from(value, 'base64').toString().split(':')[0]! : value
  if (!key) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )
  }
  if (/^(sk|rk)_live_/.test(key)) throw unauthorized('This is the local sandbox: never send it a live key.')
  if (!/^(sk|rk)_test_\w+$/.test(key)) throw unauthorized(`Invalid API Key provided: ${key.slice(0, 8)}***`)
}

const unauthorized = (message: string) => new StripeError(401, { type: 'invalid_request_error', message })

function checkVersion(c: Context): void {
  const asked = c.req.header('stripe-version')
  if (!asked || asked === API_VERSION) return
  throw new StripeError(400, {
    type: 'invalid_request_error',
    message: `Invalid Stripe API version: ${asked}. The local sandbox speaks ${API_VERSION} only.`,
  })
}

function send(c: Context, requestId: string, result: object | string): Response {
  c.header('Request-Id', requestId)
  c.header('Stripe-Version', API_VERSION)
  c.header('Content-Type', 'application/json')
  const key = c.req.header('idempotency-key')
  if (key) c.header('Idempotency-Key', key)
  if (result instanceof StripeError) return c.body(print({ error: result.body }), result.status as 400)
  return c.body(typeof result === 'string' ? result : print(result))
}

const print = (value: unknown) => JSON.stringify(value, null, 2)
