import { ConfigError } from '../config.ts'

/** Pays as a person would, on the hosted page of the local Stripe: with its test card. Throws a ConfigError when it does not take it. */
export async function payWithTestCard(url: string, email: string): Promise<void> {
  const card = { method: 'card', email, card: '4242424242424242', expiry: '12/40', cvc: '123', name: 'Owner' }
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(card),
    headers: { origin: new URL(url).origin, connection: 'close' },
    redirect: 'manual',
  })
  if (response.status !== 303 && response.status !== 302) {
    throw new ConfigError(`The sandbox's page did not take the test card: ${response.status} at ${url}`)
  }
}
