import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { PostOffice } from '../../faults/post-office.ts'
import type { BadStripe } from '../../faults/stripe-on-a-bad-day.ts'
import { between, type Random } from '../../support/seeded.ts'
import { sessionIdOf } from '../../support/shop.ts'

export interface Town {
  url: string
  stripe: BadStripe
  post: PostOffice
  random: Random
  /** What each journey was done how often. */
  journeys: Record<'tips' | 'purchases' | 'calls with a key' | 'dashboards', number>
  isOpen(): boolean
}

let browsers = 0

/** Somebody at a browser who never presses reload: an answer that they should not get fails the test. */
export class Browser {
  private readonly cookies = new Map<string, string>()
  private readonly url: string
  private readonly address = `10.1.${++browsers >> 8}.${browsers & 255}`

  constructor(url: string) {
    this.url = url
  }

  async read(path: string, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.get(path, headers)
    const text = await answer.text()
    expect(answer.status, `${path}: ${text.slice(0, 200)}`).toBe(200)
    return text
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(this.url + path, { headers })
  }

  /** A stream of events, by default by way of the balancer. */
  open(path: string, signal: AbortSignal, at = this.url): Promise<Response> {
    return this.send(at + path, { headers: { accept: 'text/event-stream' }, signal })
  }

  post(path: string, form: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams(form)
    return this.send(this.url + path, { method: 'POST', body, headers: { origin: this.url } })
  }

  private async send(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { 'accept-language': 'en', 'x-forwarded-for': this.address, cookie, ...init.headers }
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=')
      this.cookies.set(name, value)
    }
    return answer
  }
}

/** One guest after the other. */
export async function guests(town: Town, name: string): Promise<void> {
  for (let i = 1; town.isOpen(); i++) {
    await tip(town, `${name}-${i}@example.com`)
    town.journeys.tips++
    await pause(between(town.random, 0, 200))
  }
}

/** The front page, the form, the payment, the thanks. */
export async function tip(town: Town, email: string): Promise<void> {
  const guest = new Browser(town.url)
  expect(await guest.read('/')).toContain('/tip')
  await guest.read('/tip')
  const sent = await guest.post('/tip', { amount: '660', request: crypto.randomUUID() })
  await payAndComeBack(town, guest, sent, email)
}

/** Signs in by a link, makes a key, then buys, looks at their account and lets their program ask. */
export async function customer(town: Town, email: string): Promise<void> {
  const browser = await signedIn(town, email)
  const made = await browser.post('/account/keys', { name: 'a program', request: crypto.randomUUID() })
  const key = /fpu_[\w-]{43}/.exec(await made.text())![0]
  const program = new Browser(town.url)
  for (let bought = 0; town.isOpen(); ) {
    const sent = await browser.post('/checkout/question-1', { request: crypto.randomUUID(), quantity: '1' })
    await payAndComeBack(town, browser, sent, email)
    town.journeys.purchases++
    bought++
    expect(await browser.read('/account')).toContain(email)
    const me = JSON.parse(await program.read('/api/v1/me', { authorization: `Bearer ${key}` }))
    // The thanks came with the payment booked, by whichever process.
    expect(me).toMatchObject({ email, credits: bought })
    town.journeys['calls with a key']++
    // One address may begin thirty in ten minutes.
    await pause(between(town.random, 600, 1200))
  }
}

async function payAndComeBack({ stripe }: Town, browser: Browser, sent: Response, email: string): Promise<void> {
  expect(sent.status).toBe(303)
  const { redirect, status } = await stripe.sandbox.pay(sessionIdOf(sent.headers.get('location')), { email })
  expect(status).toBe('paid')
  const { pathname, search } = new URL(redirect)
  expect(await browser.read(pathname + search)).toContain('¥6.60')
}

async function signedIn({ url, post }: Town, email: string): Promise<Browser> {
  const browser = new Browser(url)
  await browser.post('/sign-in/email', { email })
  const mail = () => post.received.find(({ to, text }) => to === email && text.includes('token='))
  await expect.poll(mail, { timeout: 20_000, interval: 50 }).toBeTruthy()
  await followLink(browser, mail()!.text)
  return browser
}

/** Opens the link of a mail, and presses its button. */
export async function followLink(browser: Browser, text: string): Promise<void> {
  const answer = await browser.post('/sign-in/link', { token: /token=(\S+)/.exec(text)![1]! })
  expect(answer.status).toBe(303)
}

/** The owner leafs through their pages. */
export async function owner(town: Town, browser: Browser): Promise<void> {
  for (let i = 0; town.isOpen(); i++) {
    await browser.read(['/dashboard', '/dashboard/subscribers', '/dashboard/health'][i % 3]!)
    town.journeys.dashboards++
    await pause(between(town.random, 100, 500))
  }
}

/** One address that asks more often than the site allows; how often it was answered how. */
export async function hasty(town: Town, times: number, everyMs: number): Promise<Record<number, number>> {
  const browser = new Browser(town.url)
  const statuses: Record<number, number> = {}
  for (let i = 0; i < times; i++) {
    const { status } = await browser.post('/tip', { amount: '660', request: crypto.randomUUID() })
    statuses[status] = (statuses[status] ?? 0) + 1
    await pause(everyMs)
  }
  return statuses
}

/**
 * The owner's open page: its stream, and the next one when that ends, as EventSource does it. With `at`, the stream of that
 * very process.
 */
export function watchBooks(browser: Browser, at?: string) {
  const seen = { streams: 0, told: 0, refused: [] as number[] }
  const closed = new AbortController()
  const watching = async () => {
    while (!closed.signal.aborted) {
      const answer = await browser.open('/dashboard/live', closed.signal, at)
      if (answer.status !== 200) {
        seen.refused.push(answer.status)
        return
      }
      seen.streams++
      try {
        for await (const chunk of answer.body!) {
          seen.told += Buffer.from(chunk).toString().split('event: books').length - 1
        }
      } catch {
        // Its process has stopped, or the page is closed.
      }
      if (!closed.signal.aborted) await pause(200)
    }
  }
  const done = watching()
  return {
    seen,
    async close() {
      closed.abort()
      await done.catch(() => {})
    },
  }
}
