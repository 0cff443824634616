import { expect, test } from 'vitest'
import { badgeSvg, textWidth } from '../src/badge/svg.ts'
import { recordEntry, reverseEntry } from '../src/payments/offline-entries.ts'
import { onBothDatabases } from './support/databases.ts'
import { openShop, type Shop } from './support/shop.ts'

onBothDatabases('the badge', (database) => {
  test('says how many people paid and did not get it back, each once, in the language that is asked for', async () => {
    const shop = await openShop(database)
    expect(await badge(shop, '?lang=en')).toContain('tip ¥6.6 · be the first')
    await shop.tip({}, { email: 'ann@example.com' })
    await shop.tip({ amount: '1660' }, { email: 'ann@example.com' })
    await shop.tip({}, { email: 'bob@example.com' })
    await shop.tip({}, { email: 'cyd@example.com' })
    await shop.quiet()
    const ofCyd = await shop.db.selectFrom('payments').select('id').where('email', '=', 'cyd@example.com').execute()
    await shop.stripe.refunds.create({ payment_intent: ofCyd[0]!.id })
    const ofBob = await shop.db.selectFrom('payments').select('id').where('email', '=', 'bob@example.com').execute()
    await shop.stripe.refunds.create({ payment_intent: ofBob[0]!.id, amount: 100 })
    await shop.quiet()
    // It counts again after five minutes; a new start counts at once.
    expect(await badge(shop, '?lang=en')).toContain('be the first')
    expect(await count(shop)).toBe(2)

    // An account is one person, whatever addresses it had; nobody with a name is still somebody.
    await shop.db.insertInto('users').values({ id: 'ann', email: 'new@example.com' }).execute()
    await shop.tip({}, { email: 'new@example.com' })
    await shop.quiet()
    expect(await count(shop)).toBe(3)
    await shop.db
      .updateTable('payments')
      .set({ user_id: 'ann' })
      .where('email', 'in', ['ann@example.com', 'new@example.com'])
      .execute()
    expect(await count(shop)).toBe(2)
    await shop.db.updateTable('payments').set({ email: null }).where('email', '=', 'bob@example.com').execute()
    expect(await count(shop)).toBe(2)

    // A red packet taken by hand counts, until it is taken back.
    const entry = { name: null, description: 'x', amount: 660, currency: 'cny', locale: 'en', received_at: new Date() }
    const record = (key: string, email: string | null) =>
      shop.db.transaction().execute((trx) => recordEntry(shop, trx, { ...entry, key, email }))
    await record('by-hand', 'dan@example.com')
    await record('again', 'dan@example.com')
    await record('nameless', null)
    expect(await count(shop)).toBe(4)
    const { id } = await shop.db
      .selectFrom('offline_entries')
      .select('id')
      .where('key', '=', 'nameless')
      .executeTakeFirstOrThrow()
    await shop.db.transaction().execute((trx) => reverseEntry(trx, id))
    expect(await count(shop)).toBe(3)
  })

  test('is the same for everybody: other sites may show it, caches keep it, and nobody gets a cookie', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const answer = await owner.get('/badge.svg?lang=en')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('image/svg+xml')
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(answer.headers.get('vary') ?? '').not.toMatch(/cookie|language/i)
    const etag = answer.headers.get('etag')!
    const again = await owner.get('/badge.svg?lang=en', { 'if-none-match': `W/${etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect((await owner.get('/badge.svg?lang=zh-CN', { 'if-none-match': etag })).status).toBe(200)
    // Everything else stays on its own site.
    expect((await owner.get('/tip')).headers.get('cross-origin-resource-policy')).toBe('same-origin')
    // The shop's language where none of ours is asked for, whatever the reader's browser says.
    for (const query of ['', '?lang=fr', '?lang=%3Cb%3E']) expect(await badge(shop, query)).toContain('发红包 ¥6.6')
  })

  test('the owner finds what to copy, and a stranger does not find the page', async () => {
    const shop = await openShop(database, { env: { BASE_URL: 'http://localhost:3000' } })
    const page = await (await shop.owner('en')).read('/dashboard/share')
    expect(page).toMatch(/In brackets|in brackets/)
    expect(page).toContain('no payment below ¥6,')
    expect(page).toContain('[![Tip](http://localhost:3000/badge.svg?lang=en)](http://localhost:3000/tip)')
    expect(page).toContain(
      '<a href="http://localhost:3000/tip"><img src="http://localhost:3000/badge.svg?lang=zh-CN" alt="发红包" height="24"></a>',
    )
    expect((await shop.visitor().get('/dashboard/share')).headers.get('location')).toMatch(/^\/sign-in/)
  })

  test('asks the database once in five minutes, and again after it failed', async () => {
    const { remembered } = await import('../src/badge/supporters.ts')
    let asked = 0
    const count = remembered(5, async () => {
      if (++asked === 1) throw new Error('away')
      return asked
    })
    await expect(count()).rejects.toThrow('away')
    expect(await Promise.all([count(), count(), count()])).toEqual([2, 2, 2])
    expect(asked).toBe(2)
  })
})

test('the badge escapes what it is told, and has room for Chinese and Latin', async () => {
  const svg = await badgeSvg('<b>"&', "</text><script>'")
  expect(svg).not.toMatch(/<b>|<script>|<\/text><s/)
  expect(svg).toContain('aria-label="&lt;b&gt;&quot;&amp; · &lt;/text&gt;&lt;script&gt;&#39;"')
  expect(svg).toMatch(/role="img".*<title>/)
  expect(textWidth('支持')).toBe(24)
  expect(textWidth('ill')).toBeLessThan(textWidth('mmm') / 2)
  const [, width, split] = /width="(\d+)".*H(\d+)V/.exec(await badgeSvg('打赏', 'ten'))!
  expect(Number(split)).toBe(24 + 18)
  expect(Number(width)).toBe(24 + textWidth('ten') + 36)
})

async function badge(shop: Shop, query: string): Promise<string> {
  return (await shop.visitor('en').get(`/badge.svg${query}`)).text()
}

async function count(shop: Shop): Promise<number> {
  const { countSupporters } = await import('../src/badge/supporters.ts')
  return countSupporters(shop.db)
}
