import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { onPostgres } from '../support/databases.ts'
import { type App, startApp } from './support/app.ts'
import { visitor } from './support/visitor.ts'

const languages = {
  'zh-CN': {
    message: '终于不报错了，谢谢！',
    tip: /发.*红包/,
    pay: /付 ¥6\.60/,
    thanks: /谢谢/,
    receipt: /收据/,
    confirm: /登录/,
    net: /本月到手/,
    first: /第一笔 ¥6\.60/,
  },
  en: {
    message: 'It works, thank you!',
    tip: /tip/i,
    pay: /Pay ¥6\.60/,
    thanks: /thank/i,
    receipt: /receipt/i,
    confirm: /sign in/i,
    net: /Net this month/,
    first: /First payment ¥6\.60/,
  },
} as const

test.each(['zh-CN', 'en'] as const)(
  'from a fresh start to the first ¥6.6 on the dashboard (%s)',
  async (locale) => {
    const app = await startApp({ env: { DEFAULT_LOCALE: locale } })
    await walk(app, locale)
  },
  90_000,
)

onPostgres('with DATABASE_URL', (database) => {
  test('the same on a real Postgres', async () => {
    await database.fresh()
    const app = await startApp({ env: { DATABASE_URL: database.url } })
    await walk(app, 'zh-CN')
  }, 90_000)
})

async function walk(app: App, locale: 'zh-CN' | 'en'): Promise<void> {
  const t = languages[locale]
  const guest = await visitor(app, { locale })
  await guest.goto('/')
  await guest.getByRole('link', { name: /6\.6/ }).click()

  await guest.locator('[name=message]').fill(t.message)
  await guest.getByRole('button', { name: t.pay }).click()

  await guest.waitForURL(/\/sandbox\/checkout\//)
  await payByCard(guest, '4242 4242 4242 4242')

  await guest.waitForURL(/\/thanks\?session_id=cs_test_/)
  await guest.getByText(t.thanks).first().waitFor()
  await guest.getByText('¥6.60').first().waitFor()

  await guest.goto('/sandbox/mailbox')
  await guest.getByText('payer@example.com').first().waitFor()
  await guest.getByRole('link', { name: t.receipt }).first().click()
  await guest.frameLocator('iframe').getByText('¥6.60').first().waitFor()

  const owner = await visitor(app, { locale })
  await owner.goto('/dashboard')
  expect(new URL(owner.url()).pathname).toBe('/sign-in')
  const link = /http\S+\/sign-in\/link\?token=\S+/.exec(app.log())![0]
  await owner.goto(link)
  await owner.getByRole('main').getByRole('button', { name: t.confirm }).click()
  await owner.waitForURL(/\/dashboard$/)
  await owner.getByText(t.net).waitFor()
  await owner.getByText(t.message).waitFor()
  await owner.getByText(t.first).waitFor()
}

async function payByCard(page: Page, number: string): Promise<void> {
  await page.locator('[name=email]').fill('payer@example.com')
  await page.locator('[name=number]').fill(number)
  await page.locator('main button[type=submit]').first().click()
}
