import { expect, test } from 'vitest'
import { creditsOf, hasPlan } from '../../src/payments/rights.ts'
import { monthTotals } from '../../src/revenue/books.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

const PAGE = '/dashboard/offline'
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format()
const form = (more: Record<string, string> = {}) => ({
  amount: '6.6',
  received: today(),
  description: 'By hand',
  request: crypto.randomUUID(),
  ...more,
})

onBothDatabases('money that came without Stripe', (database) => {
  test('the owner enters a red packet: it counts, the payer has a receipt, and a double click enters it once', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const name = '<script>alert(1)</script>'
    const entry = form({ name, email: 'Payer@Example.com', description: '=1+1 <b>tea</b>' })
    const [sent, twice] = await Promise.all([owner.post(PAGE, entry), owner.post(PAGE, entry)])
    expect([sent.status, twice.status]).toEqual([303, 303])
    await shop.quiet()
    expect(await totals(shop)).toMatchObject({ gross: 660, fees: 0, net: 660, pendingFees: 0 })
    const html = await (await owner.get('/dashboard')).text()
    expect(html).not.toMatch(/<script>alert|<b>tea/)
    expect(textOf(html)).toMatch(/First payment ¥6\.60.*=1\+1 <b>tea<\/b> \+¥6\.60.*Offline · just now/)
    expect(await (await owner.get(PAGE)).text()).not.toMatch(/<script>alert|<b>tea/)

    const mails = await shop.mails()
    const [receipt] = mails.filter(({ to }) => to === 'payer@example.com')
    expect(receipt!.subject).toContain('¥6.60')
    expect(receipt!.text).toContain('Paid with: Offline')
    expect(receipt!.html).not.toContain('<script>alert')
    const toOwner = mails.filter(({ to, subject }) => to === 'owner@example.com' && subject.includes('6.60'))
    expect(toOwner.map(({ subject }) => subject)).toEqual(['🍬 你的第一笔：¥6.60'])

    await shop.tip()
    await shop.quiet()
    await owner.post(PAGE, form({ amount: '10' }))
    expect((await owner.post(`${PAGE}/1/take-back`, {})).status).toBe(303)
    // Without paid_at: in Stripe it is a whole second, so a tip of this second may come first.
    const csv = (await csvRows(owner)).map((row) => row.split(',').slice(1))
    expect(csv).toHaveLength(4)
    expect(csv.filter(([kind]) => kind === 'tip')).toHaveLength(1)
    const [entered, again, taken] = csv.filter(([kind]) => kind === 'offline')
    const inFull = (amount: string) => [amount, 'CNY', '0.00', '0.00', amount, 'CNY', 'paid']
    const id = expect.stringMatching(/^offline-\d+$/)
    const tea = ['offline', "'=1+1 <b>tea</b>", 'payer@example.com']
    expect(entered).toEqual([...tea, ...inFull('6.60'), 'offline-1', '', ''])
    expect(again).toEqual(['offline', 'By hand', '', ...inFull('10.00'), id, '', ''])
    expect(taken).toEqual([...tea, ...inFull('-6.60'), id, '', ''])
    expect((await totals(shop)).gross).toBe(660 + 1000)
    expect(await owner.read('/dashboard')).toContain('−¥6.60')
  })

  test('what is granted opens when the payer proves the address, and closes when it is taken back, once', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    await owner.post(PAGE, form({ amount: '30', email: 'ann@example.com', description: '', price: 'question-5' }))
    await owner.post(PAGE, form({ amount: '36', email: 'ann@example.com', description: '', price: 'member-30-days' }))
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    expect(await creditsOf(shop.db, userId)).toBe(5)
    expect(await hasPlan(shop.db, userId, 'member')).toBe(true)
    // Of an address that is proved already it opens at once.
    await owner.post(PAGE, form({ amount: '6.6', email: 'ann@example.com', price: 'question-1' }))
    expect(await creditsOf(shop.db, userId)).toBe(6)
    const data = await (await ann.get('/account/data.json')).json()
    expect(data.offlinePayments).toMatchObject([{ amount: '30.00', credits: 5 }, { days: 30 }, { credits: 1 }])

    const stranger = await proveStranger(shop)
    for (const visitor of [stranger, ann]) {
      expect((await visitor.get(PAGE)).status).toBe(404)
      expect((await visitor.post(PAGE, form())).status).toBe(404)
      expect((await visitor.post(`${PAGE}/1/take-back`, {})).status).toBe(404)
    }
    expect(JSON.stringify(await (await stranger.get('/account/data.json')).json())).not.toContain('ann@')

    expect((await owner.post(`${PAGE}/1/take-back`, {})).status).toBe(303)
    expect((await owner.post(`${PAGE}/2/take-back`, {})).status).toBe(303)
    const again = await owner.post(`${PAGE}/1/take-back`, {})
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('taken back already')
    // A reversal can't be taken back, nor what is not there.
    for (const id of [4, 99]) expect((await owner.post(`${PAGE}/${id}/take-back`, {})).status).toBe(404)
    expect(await creditsOf(shop.db, userId)).toBe(1)
    expect(await hasPlan(shop.db, userId, 'member')).toBe(false)
    expect((await totals(shop)).net).toBe(660)

    await shop.quiet()
    const gone = await ann.post('/account/delete', { sure: 'yes', confirm: 'yes', email: 'ann@example.com' })
    expect(gone.status).toBe(303)
    await shop.quiet()
    const entries = await shop.db.selectFrom('offline_entries').select(['email', 'name', 'user_id']).execute()
    expect(entries).toEqual(Array(5).fill({ email: null, name: null, user_id: null }))
    expect(JSON.stringify(await shop.db.selectFrom('mails').selectAll().execute())).not.toContain('ann@')
    expect((await totals(shop)).net).toBe(660)
  })

  test('what can not be comes back with what was typed; a pass begins on the day it was paid', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const wrong: [Record<string, string>, string][] = [
      [{ amount: '0' }, 'amount'],
      [{ amount: '-6' }, 'amount'],
      [{ amount: '6.666' }, 'amount'],
      [{ amount: '' }, 'amount'],
      [{ amount: '1000000' }, 'amount'],
      [{ received: '2999-01-01' }, 'received'],
      [{ received: '2026-02-30' }, 'received'],
      [{ received: '1999-12-31' }, 'received'],
      [{ email: 'nobody' }, 'email'],
      [{ name: 'x'.repeat(61) }, 'name'],
      [{ description: ' \0' }, 'description'],
    ]
    for (const [more, field] of wrong) {
      const answer = await owner.post(PAGE, form({ name: 'Ann "A"', ...more }))
      expect(answer.status, JSON.stringify(more)).toBe(422)
      const html = await answer.text()
      expect(html).toContain(`id="${field}-error"`)
      if (!more.name) expect(html).toContain('value="Ann &quot;A&quot;"')
    }
    const tampered: Record<string, string>[] = [{ price: 'nothing' }, { price: 'member-month' }, { request: '' }]
    for (const more of tampered) {
      expect((await owner.post(PAGE, form(more))).status).toBe(400)
    }
    expect((await owner.post(PAGE, form(), { origin: 'https://evil.example' })).status).toBe(403)
    expect(await totals(shop)).toMatchObject({ gross: 0 })
    expect((await shop.visitor().post(PAGE, form())).status).toBe(302)

    const userId = await proveAddress(shop, shop.visitor('en'), 'ann@example.com')
    const odd = { name: 'A\0nn\ud800', email: 'ann@example.com' }
    const past = form({ ...odd, amount: '36', received: '2020-01-02', price: 'member-30-days' })
    expect((await owner.post(PAGE, past)).status).toBe(303)
    expect(await hasPlan(shop.db, userId, 'member')).toBe(false)
    expect(await totals(shop)).toMatchObject({ gross: 0 })
    expect((await csvRows(owner))[0]).toContain('2020-01-02T04:00:00.000Z,offline')
  })
})

onPostgres('money that came without Stripe', (database) => {
  test('taken back ten times at once it is taken back once; a long list comes whole, in order', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    await owner.post(PAGE, form())
    const answers = await Promise.all(Array.from({ length: 10 }, () => owner.post(`${PAGE}/1/take-back`, {})))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(9).fill(409)])
    expect((await totals(shop)).gross).toBe(0)

    // 2,500 in the same second, over three pages.
    await shop.connection.pool.query(`
      insert into offline_entries (key, description, amount, currency, locale, received_at)
      select 'old-' || n, 'Old', n, 'cny', 'en', '2020-01-02' from generate_series(1, 2500) n`)
    const ids = (await csvRows(owner)).map((row) => row.split(',')[11])
    expect(ids).toHaveLength(2502)
    expect(new Set(ids).size).toBe(2502)
  })
})

const totals = (shop: Shop) => monthTotals(shop.db, { currency: 'cny', timeZone: 'Asia/Shanghai' })

async function csvRows(owner: Visitor): Promise<string[]> {
  const text = await (await owner.get('/dashboard/payments.csv')).text()
  return text.trim().split('\r\n').slice(1)
}

async function proveStranger(shop: Shop): Promise<Visitor> {
  const stranger = shop.visitor('en')
  await proveAddress(shop, stranger, 'stranger@example.com')
  return stranger
}
