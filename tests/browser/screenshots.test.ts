import { mkdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type App, startApp } from './support/app.ts'
import { furnish, payAtStripe, type Said } from './support/pages.ts'
import { inRepository, visitor } from './support/visitor.ts'

// `npm run screenshots`: every page there is, in docs/screenshots. SCREENSHOTS=dark takes all of them in the dark, to look at.
const scheme = process.env.SCREENSHOTS === 'dark' ? 'dark' : 'light'
const folder = inRepository(scheme === 'dark' ? 'tests/browser/failures/dark' : 'docs/screenshots')

type Shop = Awaited<ReturnType<typeof openShop>>
/** A page to show: adding one is one line. `fold` shows the first screen alone. */
type Picture = [
  name: string,
  who: 'stranger' | 'customer' | 'owner',
  path: string | ((shop: Shop) => string | Promise<string>),
  fold?: 'fold',
]

const pictures: Picture[] = [
  ['home', 'stranger', '/', 'fold'],
  ['home-whole', 'stranger', '/'],
  ['tip', 'stranger', '/tip', 'fold'],
  ['supporters', 'stranger', '/supporters'],
  ['sign-in', 'stranger', '/sign-in'],
  ['sign-up', 'stranger', '/sign-up'],
  ['reset-password', 'stranger', '/reset-password'],
  ['pay', 'stranger', ({ request }) => `/pay/${request}`],
  ['api', 'stranger', '/api', 'fold'],
  ['terms', 'stranger', '/terms', 'fold'],
  ['privacy', 'stranger', '/privacy', 'fold'],
  ['refunds', 'stranger', '/refunds', 'fold'],
  ['missing', 'stranger', '/missing'],
  ['checkout', 'stranger', ({ checkout }) => checkout],
  ['sandbox', 'stranger', '/sandbox', 'fold'],
  ['mailbox', 'stranger', '/sandbox/mailbox', 'fold'],
  ['mail', 'stranger', ({ receiptMail }) => receiptMail],
  ['emails', 'stranger', '/sandbox/emails', 'fold'],
  ['thanks', 'customer', ({ thanks }) => thanks],
  ['account', 'customer', '/account'],
  ['receipt', 'customer', ({ purchase }) => `/account/receipts/${purchase}`],
  ['refund-own', 'customer', ({ purchase }) => `/account/refund/${purchase}`],
  ['portal', 'customer', portalOf],
  ['ask', 'customer', '/ask'],
  ['question', 'customer', ({ question }) => `/ask/${question}`],
  ['dashboard', 'owner', '/dashboard', 'fold'],
  ['dashboard-whole', 'owner', '/dashboard'],
  ['payments', 'owner', '/dashboard/payments'],
  ['payment', 'owner', ({ purchase }) => `/dashboard/payments/${purchase}`],
  ['payment-by-hand', 'owner', '/dashboard/payments/offline-1'],
  ['refund', 'owner', ({ purchase }) => `/dashboard/payments/${purchase}/refund`],
  ['movements', 'owner', '/dashboard/movements'],
  ['subscribers', 'owner', '/dashboard/subscribers'],
  ['questions', 'owner', '/dashboard/questions'],
  ['answer', 'owner', ({ question }) => `/dashboard/questions/${question}`],
  ['requests', 'owner', '/dashboard/requests'],
  ['request', 'owner', ({ request }) => `/dashboard/requests/${request}`],
  ['offline', 'owner', '/dashboard/offline'],
  ['dispute', 'owner', disputeOf],
  ['disputes', 'owner', '/dashboard/disputes'],
  ['share', 'owner', '/dashboard/share'],
  ['give', 'owner', '/dashboard/credits'],
  ['supporters-owner', 'owner', '/dashboard/supporters'],
  ['health', 'owner', '/dashboard/health'],
]
/** Those at a desk and, on the phone, in the dark. */
const faces = ['home', 'tip', 'dashboard']

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

test.runIf(process.env.SCREENSHOTS)(
  'every page, on the phone',
  async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const locale of ['zh-CN', 'en'] as const) {
      const app = await startApp({ env: { DEFAULT_LOCALE: locale } })
      await show(await openShop(app, locale), locale)
    }
  },
  600_000,
)

async function show(shop: Shop, locale: 'zh-CN' | 'en'): Promise<void> {
  const suffix = locale === 'en' ? '-en' : ''
  for (const [name, who, path, fold] of pictures) {
    const page = shop[who]
    await page.goto(typeof path === 'string' ? path : await path(shop))
    await take(page, `${name}${suffix}`, { fullPage: !fold })
    if (!faces.includes(name) || scheme === 'dark') continue
    await page.emulateMedia({ colorScheme: 'dark' })
    await take(page, `${name}-dark${suffix}`)
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize(DESK)
    await take(page, `${name}-desk${suffix}`)
    await page.setViewportSize(PHONE)
  }
}

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 800 }
const MOST_HIGH = 1400

async function take(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  const { width, height } = page.viewportSize()!
  expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width)
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  const clip = { x: 0, y: 0, width, height: fullPage ? Math.min(whole, MOST_HIGH) : height }
  const png = await page.screenshot({ fullPage, clip, animations: 'disabled' })
  await writeFile(`${folder}/${name}.webp`, await asWebp(page, png))
}

/** By the browser itself, on an empty page of it: a third of the size. */
async function asWebp(page: Page, png: Buffer): Promise<Buffer> {
  const empty = await page.context().newPage()
  const url = await empty.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    canvas.getContext('2d')!.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.8)
  }, png.toString('base64'))
  await empty.close()
  return Buffer.from(url.split(',')[1]!, 'base64')
}

/** A shop with something of everything, and somebody of each kind in front of it. */
async function openShop(app: App, locale: 'zh-CN' | 'en') {
  const { customer, owner, pages } = await furnish(app, said[locale])
  const stranger = await visitor(app, { locale, deviceScaleFactor: 1 })
  await tipInPublic(stranger, said[locale])
  await subscribe(customer)
  await enterByHand(owner, said[locale])
  for (const page of [stranger, customer, owner]) {
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: scheme })
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

async function tipInPublic(page: Page, { name, thanks }: Said): Promise<void> {
  await page.goto('/tip')
  await page.locator('[name=name]').fill(name)
  await page.locator('[name=message]').fill(thanks)
  await page.locator('[name=wall]').check()
  await page.locator('main button').click()
  await payAtStripe(page, 'lin@example.com')
}

/** Not before: it costs more than all that came in. */
async function disputeOf({ stranger, owner }: Shop): Promise<string> {
  await stranger.goto('/')
  await stranger.locator('form[action="/checkout/question-5"] button').click()
  await stranger.locator('[name=number]').fill('4000 0000 0000 0259')
  await payAtStripe(stranger, 'mallory@example.com')
  return linkOn(owner, '/dashboard/disputes', '/dashboard/disputes/d')
}

async function portalOf({ customer }: Shop): Promise<string> {
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
async function linkOn(page: Page, path: string, begins: string, hasText = /./): Promise<string> {
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
