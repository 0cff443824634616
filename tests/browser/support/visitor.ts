import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, onTestFinished } from 'vitest'

const devices = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
} satisfies Record<string, BrowserContextOptions>

export interface VisitorOptions extends BrowserContextOptions {
  device?: keyof typeof devices
  locale?: 'zh-CN' | 'en'
}

/**
 * Somebody with a browser of their own: cookies are not shared with other visitors. Addresses are relative to the app's.
 * The test fails when a script throws or the browser reports an error (a breach of the Content-Security-Policy is one).
 */
export async function visitor(
  app: { url: string },
  { device = 'phone', locale = 'zh-CN', ...options }: VisitorOptions = {},
): Promise<Page> {
  const context = await (await browser()).newContext({
    baseURL: app.url,
    locale,
    timezoneId: 'Asia/Shanghai',
    ...devices[device],
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const problems = listen(page)
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const name = `${task.name} ${device} ${locale}`.replace(/[^\p{L}\p{N}.]+/gu, '-')
      await page.screenshot({ path: inRepository(`tests/browser/failures/${name}.png`), fullPage: true })
    }
    await context.close()
    if (problems.length > 0) throw new Error(`The browser reports:\n${problems.join('\n')}`)
  })
  return page
}

function listen(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // A 404 or a 422 is an answer like any other; that a page gives it is for the test to judge.
    if (message.type() !== 'error' || /^Failed to load resource: the server responded with/.test(message.text())) return
    problems.push(`${message.text()} (${page.url()})`)
  })
  return problems
}

let launched: Promise<Browser> | undefined

function browser(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: findChromium() })
  return launched
}

afterAll(async () => (await launched)?.close())

function findChromium(): string {
  const given = process.env.CHROMIUM
  const usual = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  const found = given ? [given].find(existsSync) : usual.find(existsSync)
  if (found) return found
  throw new Error(
    `No browser: ${given ? `CHROMIUM is ${given}, which does not exist` : `none of ${usual.join(', ')} exists`}. ` +
      'Install Chromium (on Debian: apt-get install chromium), or set CHROMIUM to a Chrome or Chromium.',
  )
}

export function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url))
}
