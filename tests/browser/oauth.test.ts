import { expect, test } from 'vitest'
import { openProvider } from '../support/openid-provider.ts'
import { startApp } from './support/app.ts'
import { visitor } from './support/visitor.ts'

// What only a browser knows: whether the policy lets a form lead away, and whether the cookies come back with us.
test('a customer signs in with GitHub, links Google, and says no', async () => {
  const provider = await openProvider()
  const app = await startApp({ env: provider.env })
  const ann = await visitor(app, { locale: 'en' })
  const button = (name: string) => ann.getByRole('button', { name, exact: true })

  await ann.goto('/sign-in')
  await button('Sign in with GitHub').click()
  await ann.waitForURL(`${app.url}/account`)
  expect(await ann.getByRole('main').textContent()).toContain('ann@example.com')

  await ann.getByText('Sign in with another account', { exact: true }).click()
  await button('Link Google').click()
  await button('Link Google').waitFor({ state: 'detached' })
  await ann.waitForURL(`${app.url}/account`)
  await ann.getByText('Sign in with another account', { exact: true }).click()
  expect(await button('Unlink').count()).toBe(2)

  await button('Sign out').click()
  provider.refusal = 'access_denied'
  await ann.goto('/sign-in?return=%2Fdashboard')
  await button('Sign in with Google').click()
  await ann.getByText('You said no at Google').waitFor()
  await ann.getByRole('link', { name: 'Back to sign-in' }).click()
  await ann.waitForURL(`${app.url}/sign-in?return=%2Fdashboard`)
})
