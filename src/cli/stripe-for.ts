import type Stripe from 'stripe'
import type { Config } from '../config.ts'
import { createStripe } from '../payments/stripe.ts'

// A server that speaks Stripe's API, such as a running sandbox, takes any test key.
const LOCAL_KEY = 'sk_test_local'

/** The Stripe that the environment names; undefined where it names none. */
export function givenStripe({ secretKey, apiBase }: Config['stripe']): Stripe | undefined {
  return secretKey || apiBase ? createStripe(secretKey ?? LOCAL_KEY, { apiBase }) : undefined
}

/** The same; without a key that of a running `npm run dev`. Undefined where there is none. */
export async function stripeFor({ stripe, baseUrl, isProduction }: Config): Promise<Stripe | undefined> {
  const given = givenStripe(stripe)
  if (given) return given
  const sandbox = `${baseUrl}/sandbox`
  const isThere = !isProduction && (await answers(`${sandbox}/v1/balance`))
  return isThere ? createStripe(LOCAL_KEY, { apiBase: sandbox }) : undefined
}

async function answers(url: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${LOCAL_KEY}` }
  return fetch(url, { headers, signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}
