import { setTimeout as pause } from 'node:timers/promises'
import type { App } from './app.ts'
import { eachOf, eventsOf, signed } from './events.ts'
import { load } from './load.ts'
import type { Recording } from './world/record.ts'

// As Stripe does it: the fee comes a little after the payment.
const FEE_AFTER_MS = 2_000

/** So many payments a second for so long, as they come in life: their events within a moment, the fee's two seconds later. */
export async function streamPayments(
  { port }: App,
  recording: Recording,
  { aSecond, seconds, from = 0 }: { aSecond: number; seconds: number; from?: number },
): Promise<number> {
  const payments = aSecond * seconds
  const post = (payloads: string[]) => load({ port, connections: payloads.length, next: eachOf(payloads.map(signed)) })
  const posts: Promise<unknown>[] = []
  const begun = performance.now()
  for (let n = 0; n < payments; n++) {
    const events = eventsOf(recording, 1, from + n)
    posts.push(
      post(events.slice(0, -1)),
      pause(FEE_AFTER_MS).then(() => post(events.slice(-1))),
    )
    await pause(Math.max(0, begun + ((n + 1) * 1000) / aSecond - performance.now()))
  }
  await Promise.all(posts)
  return payments
}
