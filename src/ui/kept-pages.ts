import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { splicedGzip } from './spliced-gzip.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The id of this visit, for its forms: the one thing in a page that is not the same for all guests. */
    visit: string
    isSameForAll: boolean | undefined
  }
}

/** Says that a page is the same for all guests but for its language and `c.var.visit`, so that it is made only once. */
export function sameForAll(c: Context): void {
  c.set('isSameForAll', true)
}

/**
 * Gives each request the id of its visit, and answers guests with the page that another guest was shown, under an id of their
 * own. Kept as long as the process runs: such pages change with the code and the catalog alone. Who brings a cookie or a query
 * may be anybody, and gets a page of their own.
 */
export function keepPages(): MiddlewareHandler {
  const pages = new Map<string, (c: Context) => Response>()
  return createMiddleware(async (c, next) => {
    c.set('visit', crypto.randomUUID())
    const { pathname, search } = new URL(c.req.url)
    // /%74ip is /tip, too, and its page says so in its links.
    const isPlain = pathname === c.req.path && search === ''
    const isGuest = c.req.method === 'GET' && !c.req.header('cookie') && isPlain
    if (!isGuest) return next()
    const key = `${c.var.locale} ${c.req.path}`
    const page = pages.get(key)
    if (page) return page(c)
    await next()
    const isKept = c.var.isSameForAll && c.res.status === 200 && !c.res.headers.has('set-cookie')
    if (isKept) pages.set(key, await keep(c))
  })
}

async function keep(c: Context): Promise<(c: Context) => Response> {
  const pieces = (await c.res.clone().text()).split(c.var.visit)
  const packed = splicedGzip(pieces)
  const kept = Object.fromEntries(c.res.headers)
  return ({ req, var: { visit, requestId } }) => {
    const headers = { ...kept, 'x-request-id': requestId }
    const takesGzip = /\bgzip\b(?!\s*;\s*q=0)/.test(req.header('accept-encoding') ?? '')
    if (!takesGzip) return new Response(pieces.join(visit), { headers })
    return new Response(packed(visit), { headers: { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' } })
  }
}
