import { expect, test } from 'vitest'
import { startApp } from './support/app.ts'
import { payAtStripe, signInOwner } from './support/pages.ts'
import { press, signInByMail } from './support/steps.ts'
import { visitor } from './support/visitor.ts'

const ANN = 'ann@example.com'

test('a guest buys a question, claims it, asks; the owner answers, and the customer tips', async () => {
  const app = await startApp()
  const page = await visitor(app, { locale: 'en' })
  await page.goto('/')
  await page.getByRole('button', { name: 'Buy: One question' }).click()
  await payAtStripe(page, ANN)
  await signInByMail(app, page, ANN)

  await page.goto('/ask')
  await page.getByText('You have 1 question left.').waitFor()
  await page.locator('[name=title]').fill('Why is my build slow?')
  await page.locator('[name=body]').fill('It takes **ten minutes** on every commit.')
  await press(page, 'Ask')
  await page.getByText('It arrived.').waitFor()
  const question = page.url()

  const owner = await signInOwner(app)
  await owner.getByRole('link', { name: '1 question waits for your answer' }).click()
  await owner.getByRole('link', { name: 'Why is my build slow?' }).click()
  await owner.locator('[name=body]').fill('Cache `node_modules`.\n\n- key it by the lockfile')
  await press(owner, 'Send the answer')

  await expect
    .poll(async () => {
      await page.goto(question)
      return page.getByRole('listitem').filter({ hasText: 'key it by the lockfile' }).count()
    }, PATIENCE)
    .toBe(1)
  await press(page, 'It helped')
  await page.getByRole('button', { name: 'Pay ¥6.6', exact: true }).click()
  await payAtStripe(page, ANN)

  await owner.goto('/dashboard')
  await owner.getByText('Thanks for answering', { exact: false }).first().waitFor()
})

test('the owner asks for money, and the customer pays on the phone', async () => {
  const app = await startApp()
  const owner = await signInOwner(app)
  await owner.goto('/dashboard/requests')
  await owner.locator('[name=amount]').fill('66')
  await owner.locator('[name=description]').fill('The login works again')
  await press(owner, 'Make the link')
  await owner.getByRole('img', { name: 'QR code to pay' }).waitFor()
  const address = await owner.getByRole('link', { name: /\/pay\// }).getAttribute('href')

  const customer = await visitor(app)
  await customer.goto(address!)
  await customer.getByText('The login works again').waitFor()
  await press(customer, '去付款')
  await payAtStripe(customer, 'lin@example.com')
  await customer.goto(address!)
  await customer.getByText('已经付好了，谢谢。').waitFor()
  await owner.goto('/dashboard/requests')
  await owner.getByText(/Paid · .*lin@example\.com/).waitFor()
})

const PATIENCE = { timeout: 30_000 }
