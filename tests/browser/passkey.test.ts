import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type App, startApp } from './support/app.ts'
import { visitor } from './support/visitor.ts'

const languages = {
  'zh-CN': {
    confirm: '登录',
    offer: '给自己添加一把通行密钥',
    add: '添加通行密钥',
    known: '这台设备上已经有一把了。',
    signOut: '退出',
    signIn: '用通行密钥登录',
    cancelled: '没有完成。想好了，再按一次就行。',
    remove: '移除',
    refused: '这把通行密钥在这里不能用，也许已经移除了。请换一种方式登录。',
  },
  en: {
    confirm: 'Sign in',
    offer: 'Add a passkey for yourself',
    add: 'Add a passkey',
    known: 'This device has one already.',
    signOut: 'Sign out',
    signIn: 'Sign in with a passkey',
    cancelled: 'Not finished. Press again whenever you like.',
    remove: 'Remove',
    refused: 'That passkey does not work here; it may have been removed. Please sign in another way.',
  },
} as const

test.each(['zh-CN', 'en'] as const)(
  'the owner adds a passkey, signs in with it, and removes it (%s)',
  async (locale) => {
    const t = languages[locale]
    const app = await startApp({ env: { DEFAULT_LOCALE: locale } })
    const owner = await visitor(app, { locale })
    const device = await withAuthenticator(owner)
    const button = (name: string) => owner.getByRole('button', { name, exact: true })

    await signInByLink(owner, app, t.confirm)
    await owner.getByRole('link', { name: t.offer }).click()
    await owner.waitForURL(/\/account#passkeys$/)
    await button(t.add).click()
    await button(t.remove).waitFor()
    expect(await device.count()).toBe(1)
    await button(t.add).click()
    await owner.getByText(t.known).waitFor()

    await button(t.signOut).click()
    await owner.goto('/sign-in?return=%2Faccount')
    await device.refuses(true)
    await button(t.signIn).click()
    await owner.getByText(t.cancelled).waitFor()
    await device.refuses(false)
    await button(t.signIn).click()
    await owner.waitForURL(/\/account$/)
    await owner.goto('/dashboard')
    expect(await owner.getByRole('link', { name: t.offer }).count()).toBe(0)

    await owner.goto('/account#passkeys')
    await button(t.remove).click()
    await button(t.remove).waitFor({ state: 'detached' })
    expect(await device.count()).toBe(1)
    await button(t.signOut).click()
    await owner.goto('/sign-in')
    await button(t.signIn).click()
    await owner.getByText(t.refused).waitFor()
  },
)

test('without JavaScript no button promises what it can’t do, and the rest works', async () => {
  const app = await startApp()
  const owner = await visitor(app, { javaScriptEnabled: false })
  await signInByLink(owner, app, '登录')
  await owner.goto('/account')
  await owner.getByText('通行密钥', { exact: true }).click()
  await owner.getByText('请打开 JavaScript').waitFor()
  expect(await owner.getByRole('button', { name: '添加通行密钥' }).count()).toBe(0)
  await owner.getByRole('button', { name: '退出', exact: true }).click()
  await owner.goto('/sign-in')
  await owner.getByRole('main').getByRole('button', { name: '登录', exact: true }).waitFor()
  expect(await owner.getByRole('button', { name: '用通行密钥登录' }).count()).toBe(0)
})

async function signInByLink(page: Page, app: App, confirm: string): Promise<void> {
  await page.goto(/http\S+\/sign-in\/link\?token=\S+/.exec(app.log())![0])
  await page.getByRole('main').getByRole('button', { name: confirm }).click()
  await page.waitForURL(/\/dashboard$/)
}

/** A phone's own authenticator, in Chromium: https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/ */
async function withAuthenticator(page: Page) {
  const browser = await page.context().newCDPSession(page)
  await browser.send('WebAuthn.enable')
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    count: async () => (await browser.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    /** As when the finger is the wrong one. */
    refuses: (isWrong: boolean) =>
      browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !isWrong }),
  }
}
