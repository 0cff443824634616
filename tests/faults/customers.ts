import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { between, oneOf, type Random } from '../support/seeded.ts'
import { sessionIdOf } from '../support/shop.ts'
import type { PostOffice } from './post-office.ts'
import type { Browser, Site } from './site.ts'
import type { BadStripe } from './stripe-on-a-bad-day.ts'

/** A form that somebody filled in, and every Checkout Session that it made. */
export interface Form {
  what: 'tip' | 'question-1' | 'question-5' | 'member-month'
  email: string
  quantity: number
  sessionIds: Set<string>
  isPaid: boolean
}

export interface Town {
  site: Site
  stripe: BadStripe
  post: PostOffice
  random: Random
  forms: Form[]
  /** Questions that were asked, by their pages. */
  asked: Set<string>
  counts: { 'double clicks': number; declined: number; 'went away': number; refunds: number }
}

/** Signs somebody in by the link in a mail, with the first of their days still quiet. */
export async function signedIn({ site, post }: Town, email: string): Promise<Browser> {
  const browser = site.browser()
  await browser.post('/sign-in/email', { email })
  const mail = () => post.received.find(({ to }) => to === email)
  await expect.poll(mail, { timeout: 30_000 }).toBeTruthy()
  const token = /token=(\S+)/.exec(mail()!.text)![1]!
  const answer = await browser.post('/sign-in/link', { token })
  expect(answer.status).toBe(303)
  return browser
}

/** Somebody with an account, who buys and buys until the shop closes. */
export async function member(town: Town, browser: Browser, email: string, isOpen: () => boolean): Promise<void> {
  const { random } = town
  const goods = ['question-1', 'question-1', 'question-5', 'tip'] as const
  await buy(town, browser, { what: 'member-month', email, quantity: 1 })
  while (isOpen()) {
    const what = oneOf(random, goods)
    await buy(town, browser, { what, email, quantity: what === 'question-1' ? between(random, 1, 3) : 1 })
    await pause(between(random, 100, 600))
  }
}

/** Somebody with an account and no plan, who spends what they buy. */
export async function asker(town: Town, browser: Browser, email: string, isOpen: () => boolean): Promise<void> {
  for (let left = MOST_QUESTIONS; isOpen() && left > 0; ) {
    const quantity = between(town.random, 1, 3)
    const isPaid = await buy(town, browser, { what: 'question-1', email, quantity, isKept: true })
    for (let credits = isPaid ? quantity : 0; isOpen() && credits > 0 && left > 0; credits--, left--) {
      await ask(town, browser)
      await pause(between(town.random, 200, 1000))
    }
  }
}

// Far from where the site says that it is enough for an hour, each of them tried several times.
const MOST_QUESTIONS = 6

/** The same form until it is through: the payment may not be known yet. */
async function ask({ asked, random }: Town, browser: Browser): Promise<void> {
  const form = { title: 'Why?', body: 'I wonder.', request: crypto.randomUUID() }
  const isDouble = random() < 0.3
  for (let tries = 1; ; tries++) {
    const answers = await Promise.all(
      isDouble ? [browser.post('/ask', form), browser.post('/ask', form)] : [browser.post('/ask', form)],
    )
    for (const { status, headers } of answers) {
      expect([303, 402, 429]).toContain(status)
      if (status === 303) asked.add(headers.get('location')!)
    }
    // Told to wait an hour, they ask no more.
    if (answers.every(({ status }) => status === 303 || status === 429)) return
    if (tries === 5) return
    await pause(1000)
  }
}

/** One guest after the other, each with an address of their own. */
export async function guests(town: Town, name: string, isOpen: () => boolean): Promise<void> {
  const { random } = town
  for (let i = 1; isOpen(); i++) {
    const what = random() < 0.8 ? 'tip' : 'question-1'
    await buy(town, town.site.browser(), { what, email: `${name}-${i}@example.com`, quantity: 1 })
    await pause(between(random, 50, 300))
  }
}

type Wanted = Pick<Form, 'what' | 'email' | 'quantity'> & { isKept?: boolean }

/** True when it is paid. What is kept is never given back. */
async function buy(town: Town, browser: Browser, { isKept = false, ...wanted }: Wanted): Promise<boolean> {
  const { random, counts, stripe, forms } = town
  const form: Form = { ...wanted, sessionIds: new Set(), isPaid: false }
  forms.push(form)
  const isDouble = random() < 0.15
  if (isDouble) counts['double clicks']++
  const sessionId = await fillIn(browser, form, isDouble)
  if (random() < 0.05) {
    counts['went away']++
    return false
  }

  const { sandbox } = stripe
  if (random() < 0.1) {
    counts.declined++
    await sandbox.pay(sessionId, { email: form.email, card: '4000000000000002' })
  }
  const canWallet = form.what !== 'member-month' && random() < 0.3
  const card = form.what === 'tip' && random() < 0.1 ? '4000000000000259' : '4242424242424242'
  const { redirect, status } = await sandbox.pay(sessionId, {
    email: form.email,
    ...(canWallet ? { method: oneOf(random, ['alipay', 'wechat_pay'] as const) } : { card }),
  })
  expect(status).toBe('paid')
  form.isPaid = true
  if (random() < 0.7) await comeBack(browser, redirect)
  const canGoBack = !isKept && form.what !== 'member-month' && card === '4242424242424242'
  if (canGoBack && random() < 0.2) await giveBack(town, sessionId)
  return true
}

/** The same form again until the page at Stripe opens, as a reload does, and sometimes twice at once. */
async function fillIn(browser: Browser, { what, quantity, sessionIds }: Form, isDouble: boolean): Promise<string> {
  const request = crypto.randomUUID()
  const press = () =>
    what === 'tip'
      ? browser.post('/tip', { amount: '660', request })
      : browser.post(`/checkout/${what}`, { request, quantity: String(quantity) })
  const answers = await Promise.all(isDouble ? [press(), press()] : [press()])
  for (const { status, headers } of answers) {
    expect(status).toBe(303)
    sessionIds.add(sessionIdOf(headers.get('location')))
  }
  return sessionIdOf(answers.at(-1)!.headers.get('location'))
}

async function comeBack(browser: Browser, redirect: string): Promise<void> {
  const { pathname, search } = new URL(redirect)
  const { status } = await browser.get(pathname + search)
  expect(status).toBe(200)
}

/** In Stripe's Dashboard, all or a part. */
async function giveBack({ random, stripe, counts }: Town, sessionId: string): Promise<void> {
  const { payment_intent } = await stripe.client.checkout.sessions.retrieve(sessionId)
  counts.refunds++
  await stripe.client.refunds.create({
    payment_intent: payment_intent as string,
    ...(random() < 0.5 && { amount: 100 }),
  })
}
