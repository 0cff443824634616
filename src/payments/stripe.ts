import Stripe from 'stripe'

/** The official client, pinned to the SDK's API version. `fetch` reaches a Stripe in this process: the sandbox. */
export function createStripe(
  secretKey: string,
  options: { apiBase?: string | undefined; fetch?: typeof fetch } = {},
): Stripe {
  const { apiBase } = options
  const send = options.fetch ?? (apiBase ? fetchUnder(apiBase) : undefined)
  return new Stripe(secretKey, {
    ...(apiBase && hostOf(apiBase)),
    ...(send && { httpClient: Stripe.createFetchHttpClient(send) }),
    maxNetworkRetries: 2,
    timeout: 20_000,
    telemetry: false,
    appInfo: { name: 'first-paid-user' },
  })
}

/** Of a shop without Stripe. Nothing there asks Stripe anything; whatever does all the same finds that it is away. */
export function noStripe(): Stripe {
  const refuse = async () => {
    throw new Error('This shop has no Stripe: STRIPE_SECRET_KEY is none')
  }
  return new Stripe('sk_none', { httpClient: Stripe.createFetchHttpClient(refuse), maxNetworkRetries: 0 })
}

function hostOf(apiBase: string): { host: string; port: number; protocol: 'http' | 'https' } {
  const url = new URL(apiBase)
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol }
}

/** The SDK knows hosts only; an API under a path, such as the one of a running sandbox, is reached by this. */
function fetchUnder(apiBase: string): typeof fetch | undefined {
  const path = new URL(apiBase).pathname.replace(/\/+$/, '')
  if (!path) return undefined
  return (input, init) => {
    const url = new URL(String(input))
    url.pathname = path + url.pathname
    return fetch(url, init)
  }
}

/** Stripe is away or overloaded, so that the same request may work later. */
export function isStripeDown(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    // A key that was rolled: nothing for a customer to mend.
    error instanceof Stripe.errors.StripeAuthenticationError ||
    // The same form was sent twice, and Stripe is still at the first.
    (error instanceof Stripe.errors.StripeError && error.code === 'idempotency_key_in_use') ||
    (error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 500) >= 500)
  )
}

export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'
}
