import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startApp } from './support/app.ts'
import { furnish } from './support/pages.ts'
import { linkInMail } from './support/steps.ts'
import { visitor } from './support/visitor.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const MOST_BYTES = 20 * 1024

test('no page breaks a rule of axe, light or dark, and none is wider than a phone', async () => {
  const app = await startApp()
  const { customer, owner, pages } = await furnish(app)
  const stranger = await visitor(app, { locale: 'zh-CN', bypassCSP: true })
  const found: string[] = []
  for (const [page, paths] of [
    [stranger, pages.stranger],
    [customer, pages.customer],
    [owner, pages.owner],
  ] as const) {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of paths) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.goto(path)
        found.push(...(await violations(page)).map((text) => `${path} (${colorScheme}): ${text}`))
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      if (width > 390) found.push(`${path} is ${width} wide`)
    }
  }
  expect(found).toEqual([])
}, 180_000)

test('home, tip and dashboard are under 20 KB with all that they load', async () => {
  const app = await startApp()
  const { owner } = await furnish(app)
  const weights: Record<string, number> = {}
  for (const path of ['/', '/tip', '/dashboard']) weights[path] = await weightOf(owner, path)
  console.log(weights)
  for (const [path, bytes] of Object.entries(weights)) expect(bytes, path).toBeLessThan(MOST_BYTES)
}, 120_000)

test('the keyboard alone tips, signs in, and refunds', async () => {
  const app = await startApp()
  const page = await visitor(app, { locale: 'en', device: 'desktop' })
  await page.goto('/')
  await tabTo(page, (label) => label.startsWith('Send a tip'))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/tip$/)
  await tabTo(page, (label) => label === 'amount')
  await page.keyboard.press('ArrowRight')
  await tabTo(page, (label) => label === 'message')
  await page.keyboard.type('By keyboard')
  await tabTo(page, (label) => /^Pay/.test(label))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/sandbox\/checkout\//)
  await tabTo(page, (label) => label === 'email')
  await page.keyboard.type('ann@example.com')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/thanks\?/)

  await page.goto('/sign-in')
  await tabTo(page, (label) => label === 'email')
  await page.keyboard.type('owner@example.com')
  await tabTo(page, (label) => label.startsWith('Mail me'))
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/sign-in\/code$/)
  await page.goto(await linkInMail(app, 'Sign in'))
  await tabTo(page, (label) => label === 'Sign in', 'main')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/(dashboard|account)/)

  await page.goto('/dashboard')
  await tabTo(page, (label) => label === 'Tip', 'main')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/dashboard\/payments\/pi_/)
  await tabTo(page, (label) => /^Refund/.test(label), 'main')
  await page.keyboard.press('Enter')
  await page.waitForURL(/refund/)
  await tabTo(page, (label) => label === 'Give it back', 'main button')
  await page.keyboard.press('Enter')
  await page
    .getByText(/Refunded/)
    .first()
    .waitFor()
}, 120_000)

async function violations(page: Page): Promise<string[]> {
  // By the debugger, not as a script of the page: its policy stays as it is.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const run = (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run
    const { violations } = await run()
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    )
  })
}

interface Violation {
  id: string
  help: string
  nodes: { target: string[] }[]
}

/** What comes over the wire, headers included, with an empty cache. Open streams are not counted: they never end. */
async function weightOf(page: Page, path: string): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto(path)
  await page.waitForTimeout(500)
  await session.detach()
  return bytes
}

/** Presses Tab until what has the focus has that text or name. */
async function tabTo(page: Page, wanted: (label: string) => boolean, within = 'body'): Promise<void> {
  const seen: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const label = await page.evaluate((selector) => {
      const element = document.activeElement
      if (!element?.matches(`${selector} *, ${selector}`)) return ''
      const { name } = element as HTMLInputElement
      return name || element.getAttribute('aria-label') || (element as HTMLElement).textContent?.trim() || ''
    }, within)
    if (label && wanted(label)) return
    seen.push(label)
  }
  throw new Error(`no Tab leads there, only to ${seen.join(' | ')}`)
}
