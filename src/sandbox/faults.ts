import type { Context, MiddlewareHandler } from 'hono'
import { StripeError } from './errors.ts'
import type { Store } from './store.ts'

/** Stripe on a bad day: some requests to its API are refused, fail, or are never answered (see Chaos). */
export function faults(store: Store, answer: (c: Context, error: StripeError) => Response): MiddlewareHandler {
  return async (c, next) => {
    const { rateLimit = 0, fail = 0, hang = 0, seed } = (await store.settings()).chaos
    if (!rateLimit && !fail && !hang) return next()
    const drawn = seed === undefined ? Math.random() : numberOf(seed, store.faultsDrawn++)
    if (drawn < rateLimit) {
      c.header('Retry-After', '1')
      c.header('Stripe-Rate-Limited-Reason', 'global-rate')
      return answer(c, tooMany())
    }
    if (drawn < rateLimit + fail) return answer(c, failed())
    if (drawn >= rateLimit + fail + hang) return next()
    // Every other time the work is done, and only the answer is lost: what idempotency keys are for.
    if (drawn >= rateLimit + fail + hang / 2) await next()
    await aborted(c.req.raw.signal)
    return c.body(null, 408)
  }
}

const tooMany = () =>
  new StripeError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
  })

const failed = () =>
  new StripeError(500, { type: 'api_error', message: 'An unknown error occurred. (The sandbox does so on purpose.)' })

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Between 0 and 1, the same each time for a seed and an ordinal: mulberry32 by Tommy Ettinger, public domain. */
function numberOf(seed: number, ordinal: number): number {
  let state = (seed + (ordinal + 1) * 0x6d2b79f5) | 0
  state = Math.imul(state ^ (state >>> 15), state | 1)
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61)
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32
}

/** What a real `fetch` does when its caller loses patience, for the one in process. */
export async function orAborted(signal: AbortSignal, answer: Promise<Response>): Promise<Response> {
  let abort = () => {}
  const patience = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  return Promise.race([answer, patience]).finally(() => signal.removeEventListener('abort', abort))
}
