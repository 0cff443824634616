import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { PageContext } from './layout.tsx'
import { assetUrl } from './static.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The site's public origin, without a slash at its end. */
    siteUrl: string
    withoutStripe: boolean
  }
}

/** Tells the pages where the site is, as others reach it, and whether money comes without Stripe. */
export function knowsSite({ url, withoutStripe }: { url: string; withoutStripe: boolean }): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    c.set('siteUrl', url)
    c.set('withoutStripe', withoutStripe)
    await next()
  })
}

/** What a chat or a search engine shows of a page. WeChat and others take no SVG, and no picture without its full address. */
export function Preview({
  title,
  description,
  siteUrl,
  shopName,
  path,
}: Pick<PageContext, 'siteUrl' | 'shopName' | 'path'> & { title: string; description: string }) {
  return (
    <>
      <meta name="description" content={description} />
      {siteUrl && (
        <>
          <meta property="og:type" content="website" />
          <meta property="og:site_name" content={shopName} />
          <meta property="og:title" content={title} />
          <meta property="og:description" content={description} />
          {/* Without the query, which is the sender's: their language, their amount. */}
          <meta property="og:url" content={siteUrl + path.split('?')[0]} />
          <meta property="og:image" content={siteUrl + assetUrl('og.png')} />
          <meta property="og:image:width" content="1200" />
          <meta property="og:image:height" content="630" />
          <meta name="twitter:card" content="summary_large_image" />
        </>
      )}
    </>
  )
}
