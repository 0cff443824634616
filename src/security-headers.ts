import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { secureHeaders } from 'hono/secure-headers'

/** On every answer; `secure` is a site with https, and browsers will come by nothing else for two years. */
export function securityHeaders(secure: boolean, providers: { origin: string }[]): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      // Browsers hold the redirect that follows a form to this too.
      formAction: [
        "'self'",
        'https://checkout.stripe.com',
        'https://billing.stripe.com',
        ...providers.map(({ origin }) => origin),
      ],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // What no page of ours asks for, no script that got in may either. Passkeys may be made here by default.
    permissionsPolicy: {
      camera: [],
      microphone: [],
      geolocation: [],
      payment: [],
      usb: [],
      serial: [],
      hid: [],
      midi: [],
      displayCapture: [],
      browsingTopics: [],
      publickeyCredentialsGet: ['self'],
    },
    strictTransportSecurity: secure ? 'max-age=63072000' : false,
    xFrameOptions: 'DENY',
    // With no-referrer browsers send forms with Origin: null, which csrf has to refuse. Other sites learn nothing by this.
    referrerPolicy: 'same-origin',
    // What is made for other sites to show says so itself.
    overwrite: false,
  })
}

/**
 * What says nothing of its own is for this reader, and asked for anew. An address with a token opens a door: its page is kept
 * nowhere, as are those of somebody signed in (src/auth/guards.ts).
 */
export const cacheHeaders: MiddlewareHandler = createMiddleware(async (c, next) => {
  await next()
  if (c.res.headers.has('cache-control')) return
  c.header('cache-control', c.req.query('token') ? 'no-store' : 'private, no-cache')
})
