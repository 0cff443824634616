import Stripe from 'stripe'

/** The official client, pinned to the SDK's API version. `fetch` reaches a Stripe in this process: the sandbox. */
export function createStripe(
  secretKey: string,
  options: { apiBase?: string | undefined; fetch?: typeof fetch } = {},
): Stripe {
  return new Stripe(secretKey, {
    ...(options.apiBase && hostOf(options.apiBase)),
    ...(options.fetch && { httpClient: Stripe.createFetchHttpClient(options.fetch) }),
    maxNetworkRetries: 2,
    timeout: 20_000,
    telemetry: false,
    appInfo: { name: 'first-paid-user' },
  })
}

function hostOf(apiBase: string): { host: string; port: number; protocol: 'http' | 'https' } {
  const url = new URL(apiBase)
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol }
}

/** Stripe is away or overloaded, so that the same request may work later. */
export function isStripeDown(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    // A key that was rolled: nothing for a customer to mend.
    error instanceof Stripe.errors.StripeAuthenticationError ||
    (error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 500) >= 500)
  )
}

export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'
}
