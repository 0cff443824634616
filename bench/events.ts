import Stripe from 'stripe'
import { seeded } from '../tests/support/seeded.ts'
import { WEBHOOK_SECRET } from './app.ts'
import { requestBytes } from './load.ts'
import type { Recording } from './world/record.ts'
import { fill } from './world/templates.ts'

/** The events of so many payments, in the order in which Stripe makes them. */
export function eventsOf({ events }: Recording, payments: number, from = 0): string[] {
  return Array.from({ length: payments }, (_, n) => events.map((event) => fill(event, from + n + 1))).flat()
}

/** So many of them once more, anywhere after their first time. */
export function withDuplicates(events: string[], duplicates: number): string[] {
  const random = seeded(66)
  const all = [...events]
  for (let i = 0; i < duplicates; i++) {
    const from = Math.floor(random() * all.length)
    all.splice(from + Math.floor(random() * (all.length - from)) + 1, 0, all[from]!)
  }
  return all
}

/** What Stripe posts: signed now, so good for five minutes. */
export function signed(payload: string): Buffer {
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET })
  const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature }
  return requestBytes('POST', '/webhooks/stripe', headers, payload)
}

/** One after the other, then undefined. */
export function eachOf<T>(items: T[]): () => T | undefined {
  let at = 0
  return () => items[at++]
}
