import { expect, test } from 'vitest'
import { startApp } from './support/app.ts'
import { linkInMail, press } from './support/steps.ts'
import { visitor } from './support/visitor.ts'

const ANN = 'ann@example.com'

test('sign up, prove it, sign out, come back by mail, reset, and every other session is over', async () => {
  const app = await startApp()
  const page = await visitor(app, { locale: 'en' })
  await page.goto('/sign-up')
  await page.locator('[name=email]').fill(ANN)
  await page.locator('[name=password]').fill('candy for everyone')
  await press(page, 'Sign up')
  await page.waitForURL(/\/sign-in\/code$/)
  await page.goto(await linkInMail(app, 'Confirm your email'))
  await press(page, 'Confirm and sign in')
  await page.waitForURL(/\/account$/)

  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click()
  await page.goto('/sign-in')
  await page.locator('[name=email]').fill(ANN)
  await press(page, 'Mail me a sign-in link instead')
  await page.waitForURL(/\/sign-in\/code$/)
  await page.goto(await linkInMail(app, 'Sign in'))
  await press(page, 'Sign in')
  await page.waitForURL(/\/account$/)

  const elsewhere = await visitor(app, { locale: 'en', device: 'desktop' })
  await elsewhere.goto('/reset-password')
  await elsewhere.locator('[name=email]').fill(ANN)
  await press(elsewhere, 'Send the mail')
  await elsewhere.waitForURL(/\/sign-in\/code$/)
  await elsewhere.goto(await linkInMail(app, 'Choose a new password'))
  await elsewhere.locator('[name=password]').fill('another good password')
  await press(elsewhere, 'Save and sign in')
  await elsewhere.waitForURL(/\/account$/)

  await page.goto('/account')
  expect(new URL(page.url()).pathname).toBe('/sign-in')
  await page.locator('[name=email]').fill(ANN)
  await page.locator('[name=password]').fill('another good password')
  await press(page, 'Sign in')
  await page.waitForURL(/\/account$/)
}, 120_000)

test('a guest pays, and finds the purchase after proving the address', async () => {
  const app = await startApp()
  const page = await visitor(app)
  await page.goto('/')
  await page.getByRole('button', { name: '购买：五次提问' }).click()
  await page.waitForURL(/\/sandbox\/checkout\//)
  await page.locator('[name=email]').fill(ANN)
  await page.locator('main button[type=submit]').first().click()
  await page.waitForURL(/\/thanks\?/)

  await page.goto('/sign-in')
  await page.locator('[name=email]').fill(ANN)
  await press(page, '不用密码，发登录邮件给我')
  await page.waitForURL(/\/sign-in\/code$/)
  await page.goto(await linkInMail(app, '登录'))
  await press(page, '登录')
  await page.waitForURL(/\/account$/)
  await page.getByText('还有 5 次提问').waitFor()
  await page.getByText('提问 · 五次提问').first().waitFor()
}, 120_000)
