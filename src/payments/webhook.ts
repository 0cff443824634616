import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type Stripe from 'stripe'
import { type InboxDeps, Named, receive } from './inbox.ts'
import { together } from './together.ts'

// Stripe's own largest events are far below this.
const MAX_BODY = 512 * 1024
const TOLERANCE_SECONDS = 300

interface WebhookDeps extends InboxDeps {
  stripe: Stripe
  webhookSecrets: string[]
}

/**
 * POST /webhooks/stripe. 200 only after the event is safe in the inbox; Stripe sends anything else again, for three days.
 * Several secrets are valid at once while one is being rolled. Without a secret there is no endpoint.
 * https://docs.stripe.com/webhooks/signature
 */
export function webhookRoutes(deps: WebhookDeps): Hono {
  const app = new Hono()
  if (deps.webhookSecrets.length === 0) return app
  const store = together((events) => receive(deps, events, 'webhook'))

  return app.post('/', bodyLimit({ maxSize: MAX_BODY, onError: (c) => c.text('Body too large', 413) }), async (c) => {
    const event = verified(deps, Buffer.from(await c.req.arrayBuffer()), c.req.header('stripe-signature') ?? '')
    if (!isEvent(event)) return c.text('Not an event signed by Stripe within the last five minutes', 400)

    await store(event)
    return c.json({ received: true })
  })
}

/** What one of our secrets signed, whatever its shape. */
function verified({ stripe, webhookSecrets }: WebhookDeps, body: Buffer, signature: string): unknown {
  for (const secret of webhookSecrets) {
    try {
      return stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_SECONDS)
    } catch {
      // Not this secret's, or no JSON.
    }
  }
  return undefined
}

const isEvent = (given: unknown) => Named.safeParse(given).success
