import { readdirSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, test, vi } from 'vitest'
import { catalog } from '../src/catalog.ts'
import { onBothDatabases } from './support/databases.ts'
import { openShop } from './support/shop.ts'

const paths = ['/terms', '/privacy', '/refunds']

onBothDatabases('the legal pages', (database) => {
  test('each is there in both languages, says whose it is, and is linked at the foot of every public page', async () => {
    const shop = await openShop(database, { env: { OWNER_EMAIL: 'hello_me@shop.example' } })
    for (const locale of ['zh-CN', 'en'] as const) {
      const guest = shop.visitor(locale)
      for (const path of paths) {
        const answer = await guest.get(path)
        expect(answer.status, path).toBe(200)
        const html = await answer.text()
        expect(html, path).toContain('hello_me@shop.example')
        expect(html, path).not.toMatch(/\{\{|undefined|<h[456]|<li>(?:(?!<\/li>)[\s\S])*<ul>/)
        expect(html.match(/<h1>/g), path).toHaveLength(1)
        expect(/<meta name="description" content="([^"]+)"/.exec(html)?.[1]?.length, path).toBeGreaterThan(15)
      }
      expect(await guest.read('/terms')).toContain(catalog.name[locale])
      for (const page of ['/', '/tip', '/sign-in', '/nothing', ...paths]) {
        const html = await (await guest.get(page)).text()
        for (const path of paths) expect(html, page).toContain(`<a href="${path}"`)
      }
    }
  })

  test('the refund page says what the catalog allows, and nothing of Stripe where there is none', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    const refunds = await guest.read('/refunds')
    expect(refunds).toContain('Within 14 days, and up to ¥100, one click')
    expect(await guest.read('/privacy')).toContain('Stripe handles payments')

    const paymentCodes = [{ key: 'wechat', name: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, picture: 'og.png' }]
    const direct = await openShop(database, { env: { STRIPE_SECRET_KEY: 'none' }, paymentCodes, webhooks: false })
    for (const path of paths) {
      for (const locale of ['zh-CN', 'en']) {
        const text = await direct.visitor(locale).read(path)
        expect(text, path).not.toMatch(/Stripe|one click|点一下/)
      }
    }
  })

  test('an edit shows at once, to guests too', async () => {
    const shop = await openShop(database)
    expect(await shop.visitor('en').read('/terms')).not.toContain('No refunds on Mondays')
    const { readFile } = files
    const edited = vi.spyOn(files, 'readFile').mockImplementation(async (...file) => {
      return `${await readFile(...file)}\n\nNo refunds on Mondays`
    })
    syncBuiltinESMExports()
    onTestFinished(() => {
      edited.mockRestore()
      syncBuiltinESMExports()
    })
    expect(await shop.visitor('en').read('/terms')).toContain('No refunds on Mondays')
  })
})

test('a language has the same texts as the other', () => {
  const texts = (locale: string) => readdirSync(new URL(`../src/legal/${locale}`, import.meta.url))
  expect(texts('zh-CN')).toEqual(texts('en'))
})
