import { type Shop, sessionIdOf } from './shop.ts'
import type { Visitor } from './visitor.ts'

/** Buys what the catalog sells under a key, and pays with that address. Returns the payment's id. */
export async function buy(
  shop: Shop,
  visitor: Visitor,
  price: string,
  { email = 'ann@example.com', quantity = '1', method = 'card' as 'card' | 'alipay' } = {},
): Promise<string> {
  const sent = await visitor.post(`/checkout/${price}`, { request: crypto.randomUUID(), quantity })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await shop.sandbox.pay(sessionId, { email, method })
  await shop.quiet()
  return (await shop.stripe.checkout.sessions.retrieve(sessionId)).payment_intent as string
}
