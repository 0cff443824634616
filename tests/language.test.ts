import { expect, test } from 'vitest'
import { buy } from './support/buy.ts'
import { onBothDatabases } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop } from './support/shop.ts'

const langOf = (html: string) => /<html lang="([^"]+)"/.exec(html)?.[1]

onBothDatabases('the language', (database) => {
  test('of who is signed in goes with them from browser to browser, and into their mail', async () => {
    const shop = await openShop(database)
    const chinese = shop.visitor('zh-CN')
    await proveAddress(shop, chinese, 'ann@example.com')
    const page = async (visitor: typeof chinese, path = '/account') => langOf(await (await visitor.get(path)).text())
    // Who never switched reads what their browser speaks.
    expect(await page(chinese)).toBe('zh-CN')
    expect(await page(chinese, '/account?lang=en')).toBe('en')

    const elsewhere = shop.visitor('zh-CN')
    expect(await page(elsewhere, '/')).toBe('zh-CN')
    await proveAddress(shop, elsewhere, 'ann@example.com')
    expect(await page(elsewhere)).toBe('en')
    expect(elsewhere.cookies.has('lang')).toBe(false)

    // Paid in Chinese, by a guest with that address: the receipt is for the account's reader.
    await buy(shop, shop.visitor('zh-CN'), 'question-1', { email: 'ann@example.com' })
    await buy(shop, shop.visitor('zh-CN'), 'question-1', { email: 'bob@example.com' })
    const receipt = async (to: string) =>
      (await shop.mails()).find((mail) => mail.to === to && /¥6\.60/.test(mail.text))
    expect(await receipt('ann@example.com')).toMatchObject({ subject: 'Your receipt for ¥6.60 from Ask an engineer' })
    expect((await receipt('ann@example.com'))?.text).toContain('Questions · One question')
    expect((await receipt('bob@example.com'))?.subject).toContain('收据')

    // The last mail of an account that is gone speaks it, too.
    await elsewhere.post('/account/delete', { email: 'ann@example.com' })
    await shop.quiet()
    expect((await shop.mails()).map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('Your account is deleted'),
    )
  })

  test('of a browser that was switched stands above the account’s, and nobody else switches it', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('zh-CN')
    await proveAddress(shop, ann, 'ann@example.com')
    await ann.get('/?lang=en')
    const shared = shop.visitor('en')
    await shared.get('/?lang=zh-CN')
    await proveAddress(shop, shared, 'ann@example.com')
    expect(langOf(await (await shared.get('/account')).text())).toBe('zh-CN')
    await shop.visitor('zh-CN').get('/?lang=zh-CN')
    await shared.get('/?lang=xx')
    const { locale } = await shop.db.selectFrom('users').select('locale').executeTakeFirstOrThrow()
    expect(locale).toBe('en')
  })
})
