import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { App } from './app.ts'
import { press, signInByMail } from './steps.ts'
import { type VisitorOptions, visitor } from './visitor.ts'

/** A shop with a tip, a purchase, a question and a request, and the pages that each kind of person sees in it. */
export async function furnish(app: App, said: Said = english) {
  const customer = await visitor(app, DESK)
  const owner = await signInOwner(app)
  await tip(customer, said)
  await customer.goto('/')
  await customer.getByRole('button', { name: 'Buy: One question' }).click()
  await payAtStripe(customer)
  const thanks = pathOf(customer)
  await signInByMail(app, customer, ANN)
  const question = await ask(customer, said)
  const request = await requestPayment(owner, said)
  await owner.goto('/dashboard')
  const payment = await owner.locator('a[href^="/dashboard/payments/"]').first().getAttribute('href')
  await owner.goto('/dashboard/people')
  const person = await owner.locator('a[href^="/dashboard/people/"]').first().getAttribute('href')
  const tabs = await owner.locator('nav.tabs a').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
  return {
    customer,
    owner,
    pages: {
      stranger: ['/', '/tip', '/sign-in', '/sign-up', '/ask', '/api', `/pay/${request}`, '/missing'],
      customer: ['/account', '/ask', `/ask/${question}`, thanks],
      owner: [...tabs, payment!, person!, `/dashboard/requests/${request}`, `/dashboard/questions/${question}`],
    },
  }
}

const ANN = 'ann@example.com'

/** What people write. */
export interface Said {
  name: string
  thanks: string
  title: string
  body: string
  work: string
}

const english: Said = {
  name: 'Ann',
  thanks: 'It works, thank you!',
  title: 'Why is my build slow?',
  body: 'It takes **ten minutes** on every commit.',
  work: 'The login works again',
}
const DESK: VisitorOptions = { locale: 'en', device: 'desktop' }

/** By the link that the start prints. */
export async function signInOwner(app: App, options = DESK): Promise<Page> {
  const owner = await visitor(app, options)
  await owner.goto(/http\S+\/sign-in\/link\?token=\S+/.exec(app.log())![0])
  await owner.getByRole('main').getByRole('button').click()
  await owner.waitForURL(/\/dashboard$/)
  return owner
}

/** On the sandbox's page, with the card that it has filled in. */
export async function payAtStripe(page: Page, email = ANN): Promise<void> {
  await page.waitForURL(/\/sandbox\/checkout\//)
  const field = page.locator('[name=email]')
  // Who is signed in is known there.
  if (await field.isEditable()) await field.fill(email)
  expect(await field.inputValue()).toBe(email)
  await page.locator('main button[type=submit]').first().click()
  await page.waitForURL(/\/thanks\?/)
}

async function tip(page: Page, { name, thanks }: Said): Promise<void> {
  await page.goto('/tip')
  await page.locator('[name=name]').fill(name)
  await page.locator('[name=message]').fill(thanks)
  await page.getByRole('main').getByRole('button').click()
  await payAtStripe(page)
}

async function ask(page: Page, { title, body }: Said): Promise<string> {
  await page.goto('/ask')
  await page.locator('[name=title]').fill(title)
  await page.locator('[name=body]').fill(body)
  await press(page, 'Ask')
  await page.waitForURL(/\/ask\/[\w-]+$/)
  return page.url().split('/').at(-1)!
}

async function requestPayment(owner: Page, { work }: Said): Promise<string> {
  await owner.goto('/dashboard/requests')
  await owner.locator('[name=amount]').fill('66')
  await owner.locator('[name=description]').fill(work)
  await press(owner, 'Make the link')
  await owner.waitForURL(/\/dashboard\/requests\/\w+$/)
  return owner.url().split('/').at(-1)!
}

function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url())
  return pathname + search
}
