import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startApp } from './support/app.ts'
import { disputeOf, linkOn, openShop, PHONE, portalOf, type Shop } from './support/shown-shop.ts'
import { inRepository } from './support/visitor.ts'

// `npm run screenshots`: every page there is, in docs/screenshots. SCREENSHOTS=dark takes all of them in the dark, to look at.
const scheme = process.env.SCREENSHOTS === 'dark' ? 'dark' : 'light'
const folder = inRepository(scheme === 'dark' ? 'tests/browser/failures/dark' : 'docs/screenshots')

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
  ['refund-own', 'customer', ({ customer }) => linkOn(customer, '/account', '/account/refund/')],
  ['portal', 'customer', portalOf],
  ['ask', 'customer', '/ask'],
  ['question', 'customer', ({ question }) => `/ask/${question}`],
  ['dashboard', 'owner', '/dashboard', 'fold'],
  ['dashboard-whole', 'owner', '/dashboard'],
  ['payments', 'owner', '/dashboard/payments'],
  ['payment', 'owner', ({ purchase }) => `/dashboard/payments/${purchase}`],
  ['payment-by-hand', 'owner', '/dashboard/payments/offline-1'],
  ['people', 'owner', '/dashboard/people'],
  ['person', 'owner', ({ owner }) => linkOn(owner, '/dashboard/people', '/dashboard/people/')],
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

test.runIf(process.env.SCREENSHOTS)(
  'every page, on the phone',
  async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const locale of ['zh-CN', 'en'] as const) {
      const app = await startApp({ env: { DEFAULT_LOCALE: locale } })
      await show(await openShop(app, locale, scheme), locale)
    }
    await writeFile(`${folder}/README.md`, index())
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

/** All of them on one page. */
function index(): string {
  const files = readdirSync(folder)
  const shown = (file: string) => `<img src="${file}" alt="${file}" width="${file.includes('-desk') ? 480 : 195}">`
  const sections = pictures.map(([name]) => {
    const isOfIt = new RegExp(`^${name}(-dark|-desk)?(-en)?\\.webp$`)
    return `## ${name}\n\n${files
      .filter((file) => isOfIt.test(file))
      .map(shown)
      .join('\n')}\n`
  })
  return ['# Every page, as `npm run screenshots` saw it\n', ...sections].join('\n')
}
