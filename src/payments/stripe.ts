import { setTimeout as pause } from 'node:timers/promises'
import Stripe from 'stripe'
import type { StripeMode } from '../config.ts'

type HttpClient = InstanceType<typeof Stripe.HttpClient>

interface StripeOptions {
  apiBase?: string | undefined
  /** Reaches a Stripe in this process: the sandbox. */
  fetch?: typeof fetch
  readsASecond?: number
  /** How long it waits for one answer. */
  timeoutMs?: number
}

/** The official client, pinned to the SDK's API version. */
export function createStripe(secretKey: string, options: StripeOptions = {}): Stripe {
  const { apiBase, readsASecond, timeoutMs = 20_000 } = options
  const send = options.fetch ?? (apiBase ? fetchUnder(apiBase) : undefined)
  const client = send ? Stripe.createFetchHttpClient(send) : Stripe.createNodeHttpClient()
  return new Stripe(secretKey, {
    ...(apiBase && hostOf(apiBase)),
    httpClient: readsASecond ? paced(client, readsASecond) : client,
    maxNetworkRetries: 2,
    timeout: timeoutMs,
    telemetry: false,
    appInfo: { name: 'first-paid-user' },
  })
}

/**
 * For what works behind the pages. It leaves a fifth of what Stripe allows to those who wait at a page: 100 reads a second, 25 in
 * test mode, https://docs.stripe.com/rate-limits. Several processes together may pass it; then Stripe says 429, and the read comes
 * again. And it does not wait long, since others wait behind it, and the queue asks again.
 */
export function inBackground(mode: StripeMode): StripeOptions {
  return { readsASecond: mode === 'live' ? 80 : 20, timeoutMs: 8_000 }
}

/** Reads wait for their turn, evenly; the clock of a request's patience runs only after that. */
function paced(client: HttpClient, readsASecond: number): HttpClient {
  let turn = 0
  return {
    getClientName: () => client.getClientName(),
    async makeRequest(...request) {
      const [, , , method] = request
      if (method === 'GET') {
        turn = Math.max(performance.now(), turn + 1000 / readsASecond)
        await pause(Math.max(0, turn - performance.now()))
      }
      return client.makeRequest(...request)
    },
  }
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
