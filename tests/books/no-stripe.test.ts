import { expect, test } from 'vitest'
import { loadConfig, requireProduction } from '../../src/config.ts'
import { onBothDatabases, type TestDatabase } from '../support/databases.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

const paymentCodes = [{ key: 'wechat', name: { 'zh-CN': '微信支付', en: 'WeChat Pay' }, picture: 'og.png' }]
const openCounter = (database: TestDatabase) =>
  openShop(database, { env: { STRIPE_SECRET_KEY: 'none' }, paymentCodes, webhooks: false })

onBothDatabases('a shop without Stripe', (database) => {
  test('whatever one would buy is paid by the owner’s code, and opens when the owner has seen the money', async () => {
    const shop = await openCounter(database)
    const guest = shop.visitor('en')
    const home = await guest.read('/')
    expect(home).toContain('You pay the owner directly')
    expect(home).not.toContain('Stripe')
    expect(home).not.toContain('Subscribe')

    const bought = await guest.post('/checkout/question-5', { request: crypto.randomUUID() })
    expect(bought.headers.get('location')).toBe('/offline/question-5')
    const claim = await claimAt(guest, '/offline/question-5', { email: 'ann@example.com' })
    await confirm(shop, claim)
    await shop.quiet()
    const receipt = (await shop.mails()).find(({ to }) => to === 'ann@example.com')
    expect(receipt?.subject).toContain('¥30.00')
    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard')).toMatch(/Net.*¥30\.00/)
  })

  test('a tip of one’s own amount keeps its name and message up to the dashboard', async () => {
    const shop = await openCounter(database)
    const guest = shop.visitor('en')
    expect(await guest.read('/tip')).not.toContain('Stripe')
    const tip = { amount: '660', own: '8.88', name: 'Ann', message: 'It <works>', request: crypto.randomUUID() }
    const sent = await guest.post('/tip', tip)
    const path = sent.headers.get('location')!
    expect(path).toMatch(/^\/offline\/tip-888\?/)
    const claim = await claimAt(guest, path, { email: 'ann@example.com' })
    const owner = await confirm(shop, claim)
    const dashboard = await owner.read('/dashboard')
    expect(dashboard).toContain('It <works>')
    expect(dashboard).toContain('¥8.88')
    for (const wrong of ['tip-1', 'tip-999999999', 'tip-', 'request-none']) {
      expect((await guest.get(`/offline/${wrong}`)).status).toBe(404)
    }
  })

  test('a payment request is paid once: whoever comes second is told, and refusing opens it again', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    const made = await owner.post('/dashboard/requests', {
      amount: '66',
      currency: 'cny',
      description: 'The slow query',
      lifetime: '7',
      request: crypto.randomUUID(),
    })
    const payPath = made.headers.get('location')!.replace('/dashboard/requests', '/pay')
    const [first, second] = [shop.visitor('en'), shop.visitor('en')]
    expect(await first.read(payPath)).not.toContain('Stripe')
    const counter = (await first.post(payPath, {})).headers.get('location')!
    expect(await first.read((await first.get(counter)).headers.get('location')!)).toContain('The slow query')
    const refused = await claimAt(first, counter, { email: 'ann@example.com' })
    expect(await second.read(payPath)).toContain('It is being paid')
    expect((await second.post(payPath, {})).status).toBe(200)
    expect((await second.get(counter)).headers.get('location')).toBe(payPath)

    // Who was on the page by then may have sent the money: it is written down, once, for the owner to give back.
    const late = { email: 'late@example.com', code: 'ACDEFH', amount: '6600' }
    const twice = await Promise.all([second.post(counter, late), second.post(counter, late)])
    const [lateClaim, again] = twice.map(({ headers }) => headers.get('location')!)
    expect(again).toBe(lateClaim)
    expect(await owner.read('/dashboard/offline')).toContain('give back what is too much')
    await owner.post(`/dashboard/offline${lateClaim!.replace('/offline', '')}/refuse`, {})
    await owner.post(`/dashboard/offline${refused.replace('/offline', '')}/refuse`, {})
    const claim = await claimAt(second, counter, { email: 'bob@example.com' })
    await confirm(shop, claim)
    expect(await first.read(payPath)).toContain('paid')
    expect((await first.post(payPath, {})).status).toBe(200)
    expect(await owner.read('/dashboard/requests')).toMatch(/The slow query.*Paid|Paid.*The slow query/)
  })

  test('what needs Stripe is not offered, and no page of the owner speaks of Stripe being away', async () => {
    const shop = await openCounter(database)
    const owner = await shop.owner('en')
    expect((await owner.post('/checkout/member-month', { request: crypto.randomUUID() })).status).toBe(404)
    expect(await owner.read('/dashboard/health')).not.toMatch(/webhook|Stripe is away|agrees with Stripe/i)
    for (const page of ['/dashboard', '/account']) {
      const answer = await owner.get(page)
      expect(answer.status).toBe(200)
      expect(textOf(await answer.text())).not.toMatch(/Stripe|webhook/i)
    }
    expect((await owner.post('/portal', {})).status).toBe(303)
  })
})

test('without Stripe and without a payment code nothing starts, and production says how', async () => {
  const production = {
    NODE_ENV: 'production',
    BASE_URL: 'https://shop.example',
    DATABASE_URL: 'postgres://db/shop',
    SMTP_URL: 'smtps://mail.example',
    MAIL_FROM: 'hello@shop.example',
    OWNER_EMAIL: 'ming@shop.example',
  }
  const ready = (env: NodeJS.ProcessEnv) => () => requireProduction(loadConfig(env), env)
  expect(ready(production)).toThrow(/STRIPE_SECRET_KEY: .*none/)
  expect(ready({ ...production, STRIPE_SECRET_KEY: 'none' })).not.toThrow()
})

/** Says "I have paid" there, and returns the address of the payer's page. */
async function claimAt(visitor: Visitor, path: string, typed: { email: string }): Promise<string> {
  const page = (await visitor.get(path)).headers.get('location')!
  const html = await (await visitor.get(page)).text()
  const kept = ['name', 'message', 'code', 'amount'].map((name) => [name, shownIn(html, name)] as const)
  const sent = await visitor.post(page, { ...Object.fromEntries(kept), ...typed })
  expect(sent.status).toBe(303)
  return sent.headers.get('location')!
}

function shownIn(html: string, name: string): string {
  const [, value, typed] = new RegExp(`name="${name}"[^>]*(?: value="([^"]*)"|>([^<]*)</textarea>)`).exec(html) ?? []
  return (value ?? typed ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
}

async function confirm(shop: Shop, claim: string): Promise<Visitor> {
  const owner = await shop.owner('en')
  expect((await owner.post(`/dashboard/offline${claim.replace('/offline', '')}/confirm`, {})).status).toBe(303)
  return owner
}
