import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { log } from '../log.ts'
import type { Metrics } from './metrics.ts'

/**
 * A line and a measurement for each request. It is named by its route, `/pay/:id`, as addresses here may open doors; what
 * leads nowhere is `*`.
 */
export function accessLog({ answered }: Metrics): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    const started = performance.now()
    await next()
    const ms = Math.round(performance.now() - started)
    const route = c.res.status === 404 ? '*' : routeOf(c)
    const { method } = c.req
    const { status } = c.res
    answered.observe({ method: METHODS.has(method) ? method : 'other', route, status }, ms / 1000)
    if (route.startsWith('/static/') || route === '/healthz' || route === '/readyz') return
    log.info({ method, route, status, ms }, 'answered')
  })
}

/** The last route that is no middleware's; of what was refused before it came to one, '*'. */
function routeOf(c: Context): string {
  const own = matchedRoutes(c).filter(({ path }) => !path.includes('*'))
  return own.at(-1)?.path ?? '*'
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])
