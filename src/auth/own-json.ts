import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Config } from '../config.ts'

/** Lets through only JSON that a script of this site sends: hono's csrf() looks at forms alone. */
export function requireOwnJson({ baseUrl }: Pick<Config, 'baseUrl'>): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
      return c.json({ problem: 'failed' }, 415)
    const isOwn =
      c.req.header('origin') === baseUrl && (c.req.header('sec-fetch-site') ?? 'same-origin') === 'same-origin'
    return isOwn ? next() : c.json({ problem: 'elsewhere' }, 403)
  })
}
