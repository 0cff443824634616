import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type App, startApp } from './support/app.ts'
import { press, signInByMail } from './support/steps.ts'
import { visitor } from './support/visitor.ts'

const PATIENCE = { timeout: 30_000 }

test('a member subscribes, the renewal fails, a new card recovers it, and the member cancels', async () => {
  const app = await startApp()
  const page = await visitor(app, { locale: 'en' })
  await signInByMail(app, page, 'ann@example.com')
  await page.goto('/')
  await page.getByRole('button', { name: 'Subscribe: Monthly' }).click()
  await page.waitForURL(/\/sandbox\/checkout\//)
  await page.locator('main button[type=submit]').first().click()
  await page.waitForURL(/\/thanks\?/)
  await page.goto('/account')
  await page.getByText(/^Membership, renews on/).waitFor()

  const panel = await visitor(app, { locale: 'en', device: 'desktop' })
  await onPanel(panel, 'Next payment fails')
  await onPanel(panel, 'Renew now')
  await mailArrives(app, 'The payment for Membership didn’t go through')
  await page.goto('/account')
  await page.getByText('The payment for Membership failed.').waitFor()

  await press(page, 'Manage subscription, invoices and card')
  await page.waitForURL(/\/sandbox\/portal\//)
  await press(page, 'Use this card from now on')
  await expect.poll(() => statusIn(panel), PATIENCE).toContain('Active')

  await page.goto('/account')
  await press(page, 'Manage subscription, invoices and card')
  await press(page, 'Cancel subscription')
  await page.getByText(/Active · Ends on/).waitFor()
  await page.goto('/account')
  await page.getByText(/^Membership, (renews on|until)/).waitFor()
  await onPanel(panel, 'A month passes')
  await onPanel(panel, 'A month passes')
  await mailArrives(app, 'Your Membership has ended')
})

async function onPanel(panel: Page, button: string): Promise<void> {
  await panel.goto('/sandbox')
  await panel.getByRole('button', { name: button }).first().click()
}

async function statusIn(panel: Page): Promise<string | null> {
  await panel.goto('/sandbox')
  return panel.locator('main').textContent()
}

async function mailArrives(app: App, subject: string): Promise<void> {
  const reader = await visitor(app, { locale: 'en', device: 'desktop' })
  await expect
    .poll(async () => {
      await reader.goto('/sandbox/mailbox')
      return reader.locator('main').textContent()
    }, PATIENCE)
    .toContain(subject)
}
