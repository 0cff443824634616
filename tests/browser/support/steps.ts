import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { App } from './app.ts'
import { visitor } from './visitor.ts'

export function press(page: Page, name: string): Promise<void> {
  return page.getByRole('main').getByRole('button', { name, exact: true }).click()
}

/** The link of the newest mail with that subject, out of the mailbox as a person finds it. */
export async function linkInMail(app: App, subject: string): Promise<string> {
  const reader = await visitor(app, { locale: 'en', device: 'desktop' })
  const mail = reader.getByRole('link', { name: new RegExp(`· ${subject}$`) }).first()
  for (let i = 0; i < 50 && (await mail.count()) === 0; i++) {
    await reader.goto('/sandbox/mailbox')
    await reader.waitForTimeout(200)
  }
  await mail.click()
  const link = reader.frameLocator('iframe').getByRole('link').first()
  const address = await link.getAttribute('href')
  expect(address).toMatch(/\?token=/)
  return address!
}

/** Proves the address, and so makes the account where there is none. For a visitor who reads English. */
export async function signInByMail(app: App, page: Page, email: string): Promise<void> {
  await page.goto('/sign-in')
  await page.locator('[name=email]').fill(email)
  await press(page, 'Mail me a sign-in link instead')
  await page.waitForURL(/\/sign-in\/code$/)
  await page.goto(await linkInMail(app, 'Sign in'))
  await press(page, 'Sign in')
  await page.waitForURL(/\/account$/)
}
