import { startApp } from './app.ts'
import type { Bench } from './bench.ts'
import { eachOf } from './events.ts'
import { load, requestBytes } from './load.ts'
import { ms, type Result } from './result.ts'

const STRIPE_MS = 200
const AT_ONCE = 20
const CHECKOUTS = 1_000
const BAR_MS = 10

/** From "pay" to the address of Stripe's page, less what Stripe takes. */
export async function checkout({ databases, world }: Bench): Promise<Result[]> {
  const url = await databases.fresh()
  const app = await startApp(world, url)
  world.answersAfter(STRIPE_MS)
  const checkouts = (count: number) =>
    load({
      port: app.port,
      connections: AT_ONCE,
      status: 303,
      next: eachOf(Array.from({ length: count }, () => tip(app.port))),
    })
  await checkouts(200)
  const { p50, p99 } = await checkouts(CHECKOUTS)
  world.answersAfter(0)
  await app.stop()
  await databases.drop(url)
  return [
    {
      what: `A Checkout Session, ${AT_ONCE} at once`,
      value: `${ms(p50 - STRIPE_MS)} of our own (p50)`,
      beside: `p99 ${ms(p99 - STRIPE_MS)}; Stripe answers after ${STRIPE_MS} ms`,
      bar: `< ${BAR_MS} ms`,
      isMet: p50 - STRIPE_MS < BAR_MS,
    },
  ]
}

let guests = 0

/** Of a guest from an address of their own, since each may begin 30 in ten minutes. */
export function tip(port: number): Buffer {
  const guest = ++guests
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    origin: `http://localhost:${port}`,
    'x-forwarded-for': `10.${guest >> 16}.${(guest >> 8) & 255}.${guest & 255}`,
  }
  const form = new URLSearchParams({
    amount: '660',
    name: 'Ming',
    message: 'thank you',
    request: crypto.randomUUID(),
  })
  return requestBytes('POST', '/tip', headers, String(form))
}
