import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { App } from './app.ts'
import { furnish, payAtStripe, type Said } from './pages.ts'
import { visitor } from './visitor.ts'

export const PHONE = { width: 390, height: 844 }

const said: Record<'zh-CN' | 'en', Said> = {
  'zh-CN': {
    name: '小林',
    thanks: '终于不报错了，谢谢！',
    title: '构建为什么这么慢？',
    body: '每次提交都要**十分钟**，日志里看不出卡在哪一步。',
    work: '把登录修好',
  },
  en: {
    name: 'Ann',
    thanks: 'It works, thank you!',
    title: 'Why is my build slow?',
    body: 'It takes **ten minutes** on every commit, and the log does not say where.',
    work: 'The login works again',
  },
}

/** A shop with something of everything, and somebody of each kind in front of it. */
export async function openShop(app: App, locale: 'zh-CN' | 'en', colorScheme: 'light' | 'dark') {
  const { customer, owner, pages } = await furnish(app, said[locale])
  const stranger = await visitor(app, { locale, deviceScaleFactor: 1 })
  await tipInPublic(stranger, said[locale])
  await subscribe(customer)
  await enterByHand(owner, said[locale])
  for (const page of [stranger, customer, owner]) {
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme })
    await page.goto(`/?lang=${locale}`)
  }
  return {
    stranger,
    customer,
    owner,
    question: pages.owner.at(-1)!.split('/').at(-1)!,
    request: pages.owner.at(-2)!.split('/').at(-1)!,
    thanks: pages.customer.at(-1)!,
    purchase: await linkOn(customer, '/account', '/account/receipts/pi_').then((path) => path.split('/').at(-1)!),
    receiptMail: await linkOn(stranger, '/sandbox/mailbox', '/sandbox/mailbox/', locale === 'en' ? /receipt/i : /收据/),
    checkout: await begin(stranger),
  }
}

export type Shop = Awaited<ReturnType<typeof openShop>>

async function tipInPublic(page: Page, { name, thanks }: Said): Promise<void> {
  await page.goto('/tip')
  await page.locator('[name=name]').fill(name)
  await page.locator('[name=message]').fill(thanks)
  await page.locator('[name=wall]').check()
  await page.locator('main button').click()
  await payAtStripe(page, 'lin@example.com')
}

/** Not before: it costs more than all that came in. */
export async function disputeOf({ stranger, owner }: Shop): Promise<string> {
  await stranger.goto('/')
  await stranger.locator('form[action="/checkout/question-5"] button').click()
  await stranger.locator('[name=number]').fill('4000 0000 0000 0259')
  await payAtStripe(stranger, 'mallory@example.com')
  return linkOn(owner, '/dashboard/disputes', '/dashboard/disputes/d')
}

export async function portalOf({ customer }: Shop): Promise<string> {
  await customer.goto('/account')
  await customer.locator('form[action$="/portal"] button').click()
  await customer.waitForURL(/\/sandbox\/portal\//)
  return customer.url()
}

async function subscribe(page: Page): Promise<void> {
  await page.goto('/')
  await page.locator('form[action="/checkout/member-month"] button').click()
  await payAtStripe(page)
}

async function enterByHand(page: Page, { work }: Said): Promise<void> {
  await page.goto('/dashboard/offline')
  await page.locator('[name=amount]').fill('66')
  await page.locator('[name=description]').fill(work)
  await page.locator('[name=email]').fill('ann@example.com')
  await page.locator('[name=price]').selectOption('question-5')
  await page.locator('main form').last().locator('button').click()
  await page.locator('a[href="/dashboard/payments/offline-1"]').waitFor()
}

/** Leaves a payment open on Stripe's page. */
async function begin(page: Page): Promise<string> {
  await page.goto('/tip')
  await page.locator('main button').click()
  await page.waitForURL(/\/sandbox\/checkout\//)
  return page.url()
}

/** The first of such links on a page, once there is one. */
export async function linkOn(page: Page, path: string, begins: string, hasText = /./): Promise<string> {
  const link = page.locator(`a[href^="${begins}"]`, { hasText }).first()
  await expect
    .poll(async () => {
      await page.goto(path)
      return link.count()
    }, PATIENCE)
    .toBe(1)
  return (await link.getAttribute('href'))!
}

const PATIENCE = { timeout: 30_000 }
