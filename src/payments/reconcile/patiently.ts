import { setTimeout as pause } from 'node:timers/promises'
import Stripe from 'stripe'
import { isStripeDown } from '../stripe.ts'

export type Say = (line: string) => void

const TRIES = 10
const LONGEST_PAUSE_SECONDS = 60

/**
 * Does it again while Stripe is away or asks to slow down, after as long as Retry-After says or a growing pause.
 * Throws Stripe's error after the tenth try, and other errors at once.
 */
export async function patiently<T>(work: () => Promise<T>, say: Say): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === TRIES || !isStripeDown(error) || error instanceof Stripe.errors.StripeAuthenticationError)
        throw error
      const seconds = Math.min(LONGEST_PAUSE_SECONDS, retryAfter(error) ?? 2 ** (tries - 1))
      say(`Stripe does not answer (${(error as Error).message}): again in ${seconds} s`)
      await pause(seconds * 1000)
    }
  }
}

function retryAfter(error: unknown): number | undefined {
  const given = error instanceof Stripe.errors.StripeError ? Number(error.headers?.['retry-after']) : Number.NaN
  return given > 0 ? given : undefined
}
