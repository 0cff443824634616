import { expect } from 'vitest'

let guests = 0

/** A guest tips ¥6.6 at an app that runs on this port with the sandbox: the form, Stripe's page, and back. */
export async function tipOver(port: string): Promise<void> {
  const guest = ++guests % 250
  const origin = `http://localhost:${port}`
  const form = (values: Record<string, string>) => ({
    method: 'POST',
    body: new URLSearchParams(values),
    // A connection kept alive may be closed just as it is used again, by an app that was busy or is another one by now.
    // Many guests of one machine are told apart where TRUSTED_PROXY_HOPS is 1.
    headers: { origin, connection: 'close', 'x-forwarded-for': `10.0.0.${guest}` },
    redirect: 'manual' as const,
  })
  const sent = await fetch(`${origin}/tip`, form({ amount: '660', request: crypto.randomUUID() }))
  const page = sent.headers.get('location')!
  const card = {
    method: 'card',
    email: 'payer@example.com',
    card: '4242424242424242',
    expiry: '12/40',
    cvc: '123',
    name: 'P',
  }
  const paid = await fetch(page, form(card))
  expect(paid.headers.get('location')).toMatch(/thanks/)
}
