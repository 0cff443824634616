import { expect, test } from 'vitest'
import { adjustCredits, takeCredit } from '../../src/payments/credits.ts'
import { creditsOf } from '../../src/payments/rights.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { openShop, type Shop } from '../support/shop.ts'

const PAGE = '/dashboard/credits'

onBothDatabases('the owner’s credits', (database) => {
  test('gives and takes with a reason, says the result, and lists it; a double click counts once', async () => {
    const shop = await withAnn(await openShop(database))
    const owner = await shop.owner('en')
    const form = { email: ' Ann@Example.com ', amount: '3', reason: 'sorry for the <wait>', request: 'form-0001' }
    const clicks = await Promise.all([owner.post(PAGE, form), owner.post(PAGE, form)])
    expect(clicks.map(({ status }) => status)).toEqual([303, 303])
    const [there, again] = clicks.map(({ headers }) => headers.get('location')!)
    expect(again).toBe(there)
    expect(await owner.read(there!)).toMatch(
      /Gave 3 questions to ann@example.com, who now has 3 questions\..*\+3.*sorry for the <wait>/,
    )
    expect(await creditsOf(shop.db, 'ann')).toBe(3)

    // The same page with another number in it is meant.
    await owner.post(PAGE, { ...form, amount: '-2', reason: 'a mistake' })
    expect(await creditsOf(shop.db, 'ann')).toBe(1)
    const tooMany = await owner.post(PAGE, { ...form, amount: '-2', request: 'form-0002' })
    expect(tooMany.status).toBe(422)
    expect(await tooMany.text()).toMatch(/id="amount-error"[^>]*>They have only 1/)
    expect(await creditsOf(shop.db, 'ann')).toBe(1)
    expect(await given(shop)).toEqual([3, -2])
  })

  test('what was given can be spent, and what was spent can not be taken', async () => {
    const shop = await withAnn(await openShop(database))
    await adjust(shop, 2, 'owner:1')
    await shop.db.transaction().execute((trx) => takeCredit(trx, 'ann', 'a question', 'use-1'))
    expect(await adjust(shop, -2, 'owner:2')).toEqual({ adjusted: false, left: 1 })
    expect(await adjust(shop, -1, 'owner:3')).toMatchObject({ adjusted: true, again: false })
    expect(await creditsOf(shop.db, 'ann')).toBe(0)
    expect(await adjust(shop, -1, 'owner:3')).toMatchObject({ adjusted: true, again: true })
    await expect(adjust(shop, 0, 'owner:4')).rejects.toThrow(RangeError)
    // The list is of what the owner did.
    expect(await (await shop.owner('en')).read(PAGE)).not.toContain('a question')
  })

  test('what can’t be is said beside its field, with what was typed; strangers see no such page', async () => {
    const shop = await withAnn(await openShop(database))
    await shop.db.insertInto('users').values({ id: 'typed', email: 'typed@example.com' }).execute()
    const owner = await shop.owner('en')
    const good = { email: 'ann@example.com', amount: '1', reason: 'thanks', request: 'form-0001' }
    for (const [field, value] of [
      ['email', 'nobody@example.com'],
      ['email', 'typed@example.com'],
      ['email', 'a@\0b'],
      ['amount', '0'],
      ['amount', '101'],
      ['amount', '-101'],
      ['amount', '1.5'],
      ['amount', '１'],
      ['amount', ''],
      ['reason', ' \0 '],
      ['reason', '"'.repeat(201)],
    ] as const) {
      const answer = await owner.post(PAGE, { ...good, [field]: value })
      expect(answer.status, value).toBe(422)
      const html = await answer.text()
      expect(html, value).toContain(`id="${field}-error"`)
      for (const [other, typed] of Object.entries(good)) if (other !== field) expect(html).toContain(`value="${typed}"`)
    }
    expect((await owner.post(PAGE, { ...good, request: '' })).status).toBe(400)
    expect((await owner.post(PAGE, {})).status).toBe(400)

    const stranger = shop.visitor('en')
    expect((await stranger.post(PAGE, good)).headers.get('location')).toMatch(/^\/sign-in/)
    await stranger.post('/sign-in/email', { email: 'ann@example.com' })
    await shop.quiet()
    const [mail] = (await shop.mails()).filter(({ to }) => to === 'ann@example.com')
    await stranger.post('/sign-in/link', { token: /token=(\S+)/.exec(mail!.text)![1]! })
    expect((await stranger.get('/account')).status).toBe(200)
    expect((await stranger.get(PAGE)).status).toBe(404)
    expect((await stranger.post(PAGE, good)).status).toBe(404)
    expect(await given(shop)).toEqual([])
  })
})

onPostgres('credits that the owner takes while they are spent', (database) => {
  test('never go below zero, and the same key counts once', async () => {
    const shop = await withAnn(await openShop(database))
    await adjust(shop, 5, 'owner:first')
    const takes = Array.from({ length: 8 }, (_, i) => [
      adjust(shop, -1, `owner:${i}`),
      adjust(shop, -1, `owner:${i}`),
      shop.db.transaction().execute((trx) => takeCredit(trx, 'ann', 'a question', `use-${i}`)),
    ])
    const results = (await Promise.all(takes.flat())) as { adjusted?: boolean; taken?: boolean; again?: boolean }[]
    expect(results.filter((result) => (result.adjusted || result.taken) && !result.again)).toHaveLength(5)
    expect(await creditsOf(shop.db, 'ann')).toBe(0)
    const { sum } = await shop.db
      .selectFrom('credit_uses')
      .select(({ fn }) => fn.sum<number>('amount').as('sum'))
      .executeTakeFirstOrThrow()
    expect(Number(sum)).toBe(0)
  })
})

async function withAnn(shop: Shop): Promise<Shop> {
  await shop.db
    .insertInto('users')
    .values({ id: 'ann', email: 'ann@example.com', email_verified_at: new Date() })
    .execute()
  return shop
}

function adjust(shop: Shop, amount: number, key: `owner:${string}`) {
  return shop.db.transaction().execute((trx) => adjustCredits(trx, 'ann', amount, 'test', key))
}

async function given(shop: Shop): Promise<number[]> {
  const rows = await shop.db.selectFrom('credit_uses').select('amount').orderBy('id').execute()
  return rows.map(({ amount }) => -amount)
}
