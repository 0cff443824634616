import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { speakTo } from '../ui/locale.ts'
import { idempotent } from './idempotency.ts'
import { callerOf } from './keys.ts'
import { meApi } from './me.ts'
import { answerProblem, PROBLEMS, problem } from './problems.ts'
import type { ApiDeps } from './routes.tsx'

/** `/api/v1`: our own part and that of each feature, behind a key. Cookies mean nothing here. */
export function programRoutes(deps: ApiDeps): OpenAPIHono {
  const v1 = new OpenAPIHono()
  v1.onError(answerProblem)
  v1.use(requireKey(deps))
  v1.use(bodyLimit({ maxSize: 64 * 1024, onError: (c) => problem(c, { status: 413, detail: 'At most 64 KB.' }) }))
  v1.use(idempotent(deps.db))
  v1.route('/', meApi(deps.db))
  for (const { api } of deps.features) if (api) v1.route('/', api)
  v1.all('*', (c) => problem(c, { status: 404, detail: 'There is nothing here. What there is: /api' }))
  return new OpenAPIHono().route('/api/v1', v1)
}

function requireKey({ db, limits }: ApiDeps) {
  return createMiddleware(async (c, next) => {
    c.header('cache-control', 'no-store')
    const caller = await callerOf(db, c.req.header('authorization'))
    if (!caller) {
      await limits.count(c, 'api')
      return problem(c, PROBLEMS.noKey, { 'www-authenticate': 'Bearer' })
    }
    await limits.count(c, 'api', String(caller.keyId))
    c.set('user', caller.user)
    c.set('isOwner', false)
    speakTo(c, caller.user.locale)
    await next()
  })
}
