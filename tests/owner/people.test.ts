import { expect, test } from 'vitest'
import { reverseEntry } from '../../src/payments/offline-entries.ts'
import { creditsOf } from '../../src/payments/rights.ts'
import { PAYMENTS_LOOKED_AT } from '../../src/people/list.ts'
import { buy } from '../support/buy.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { byHand, paymentRow } from '../support/rows.ts'
import { openShop, type Shop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

const PAGE = '/dashboard/people'
const ANN = 'ann@example.com'

onBothDatabases('the list of people', (database) => {
  test('a guest who paid twice is one person, and still one with an account; a stranger finds no page', async () => {
    const shop = await openShop(database)
    const guest = shop.visitor('en')
    await buy(shop, guest, 'question-1')
    await shop.tip({ name: 'Ann' }, { email: ANN })
    await shop.quiet()
    const owner = await shop.owner('en')
    const [row, ...others] = await rows(owner)
    expect(others).toEqual([])
    expect(row!.text).toMatch(/^ Ann ¥13\.20 ann@example\.com · paid /)
    expect(row!.href).not.toContain('@')

    const userId = await proveAddress(shop, guest, ANN)
    const [account, ...more] = await rows(owner)
    expect(more).toEqual([])
    expect(account!.text).toMatch(/^ Ann ¥13\.20 ann@example\.com · 1 question · seen /)
    expect(account!.href).toBe(`${PAGE}/${userId}`)
    // What led to the guest leads to the account.
    expect((await owner.get(row!.href)).headers.get('location')).toBe(account!.href)

    for (const path of [PAGE, account!.href, row!.href]) {
      expect((await shop.visitor().get(path)).headers.get('location'), path).toContain('/sign-in')
      expect((await guest.get(path)).status, path).toBe(404)
    }
    expect((await guest.post(`${account!.href}/note`, { note: 'I am great' })).status).toBe(404)
  })

  test('what was given back is not counted, and each currency is a figure of its own', async () => {
    const shop = await openShop(database)
    const tip = await buy(shop, shop.visitor('en'), 'question-5')
    await shop.stripe.refunds.create({ payment_intent: tip, amount: 1000 })
    await shop.quiet()
    await paidRow(shop, 'pi_yen', { email: ANN, amount: 500, currency: 'jpy' })
    await paidRow(shop, 'pi_lost', { email: ANN, amount: 660, disputed: 660 })
    const back = await byHand(shop, { email: ANN, amount: 9900 })
    await shop.db.transaction().execute((trx) => reverseEntry(trx, back))
    await byHand(shop, { email: ANN, amount: 100 })
    const owner = await shop.owner('en')
    const [ann, ...others] = await rows(owner)
    expect(others).toEqual([])
    expect(ann!.text).toContain('¥21.00 CNY ¥500 JPY')
    const page = await owner.read(ann!.href)
    expect(page).toContain('¥136.60 in all, ¥109.00 refunded, ¥6.60 taken by the bank')
    expect(page).toMatch(/Refund ¥10\.00/)
    expect(page).toMatch(/x −¥99\.00 Taken back/)
    expect(page).toContain('Paid in Japanese Yen ¥500')
    expect(await (await owner.get(ann!.href)).text()).toContain(`href="/dashboard/payments/${tip}"`)
  })

  test('has those without an address or without a payment, and not what was never paid', async () => {
    const shop = await openShop(database)
    const cash = await byHand(shop, { name: 'Cash <b>Carl</b>' })
    await paidRow(shop, 'pi_failed', { email: 'failed@example.com', status: 'failed', paid_at: null })
    const dan = shop.visitor('en')
    const danId = await proveAddress(shop, dan, 'dan@example.com')
    const owner = await shop.owner('en')
    expect((await rows(owner)).map(({ href }) => href).toSorted()).toEqual(
      [`${PAGE}/${danId}`, `${PAGE}/offline-${cash}`].toSorted(),
    )
    const carl = await (await owner.get(`${PAGE}/offline-${cash}`)).text()
    expect(carl).toContain('Cash &lt;b&gt;Carl')
    // Nobody could ever ask for it, or have it erased.
    expect(carl).not.toContain('name="note"')
    expect((await owner.post(`${PAGE}/offline-${cash}/note`, { note: 'x' })).status).toBe(404)
    for (const id of ['pi_failed', 'pi_none', 'offline-99', 'offline-999999999999999', 'nobody', 'offline-x', ANN]) {
      expect((await owner.get(`${PAGE}/${id}`)).status, id).toBe(404)
      expect((await owner.post(`${PAGE}/${id}/note`, { note: 'x' })).status, id).toBe(404)
    }
    // An account that nobody has come to yet has nothing to say, but is there.
    expect(await owner.read(`${PAGE}/${danId}`)).toMatch(/Has an account dan@example\.com .*0 questions/)
  })

  test('knows when somebody was last here, also when their sessions are over', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, ANN)
    const owner = await shop.owner('en')
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
    await shop.db
      .updateTable('users')
      .set({ last_seen_at: ago(9), created_at: ago(20) })
      .execute()
    await shop.db
      .updateTable('sessions')
      .set({ last_seen_at: ago(9) })
      .execute()
    expect((await rows(owner))[0]!.text).toContain('seen 9 days ago')
    await ann.get('/account')
    await shop.db
      .deleteFrom('sessions')
      .where('user_id', '!=', await ownersId(shop))
      .execute()
    expect((await rows(owner))[0]!.text).toContain('seen just now')
  })

  test('finds by the beginning of an address or by a part of a name', async () => {
    const shop = await openShop(database)
    await paidRow(shop, 'pi_1', { email: 'ada_l@example.com', name: 'Ada Lovelace' })
    await paidRow(shop, 'pi_2', { email: 'ada_l@example.com', name: null })
    await paidRow(shop, 'pi_3', { email: 'adaxl@example.com' })
    await byHand(shop, { email: 'xm@example.com', name: '王小明' })
    const eve = shop.visitor('en')
    await proveAddress(shop, eve, 'eve@example.com')
    await shop.connection.pool.query(`update payments set name = 'Eve Ada' where id = 'pi_3'`)
    const owner = await shop.owner('en')
    const found = async (q: string) => {
      const all = await rows(owner, `${PAGE}?${new URLSearchParams({ q })}`)
      return all.map(({ text }) => /\w+@/.exec(text)![0]).toSorted()
    }
    expect(await found('ada_')).toEqual(['ada_l@'])
    expect(await found('ADA_L@Example.com')).toEqual(['ada_l@'])
    expect(await found('lovelace')).toEqual(['ada_l@'])
    expect(await found('ada')).toEqual(['ada_l@', 'adaxl@'])
    expect(await found('eve')).toEqual(['adaxl@', 'eve@'])
    expect(await found('小明')).toEqual(['xm@'])
    expect(await found('%')).toEqual([])
    expect(await found('owner@')).toEqual([])
    await paidRow(shop, 'pi_4', { user_id: await ownersId(shop), email: 'owner@example.com', name: 'Zed' })
    expect(await found('Zed')).toEqual([])
    expect(await owner.read(`${PAGE}?q=nobody`)).toContain('Nobody found')
    const long = await owner.get(`${PAGE}?q=${'x'.repeat(300)}`)
    expect(long.status).toBe(422)
    expect(textOf(await long.text())).toContain('too long')
    expect(await (await owner.get(`${PAGE}?q=%22%3E%3Cscript%3E%00`)).text()).not.toContain('<script>')
    for (const older of [
      'x',
      '2026-99-99T00:00:00.000000Z,pi_1',
      '2026-02-31T10:00:00.000000Z,1',
      '2026-02-01T24:00:00.000000Z,1',
      '%00',
    ]) {
      expect((await owner.get(`${PAGE}?older=${older}`)).status, older).toBe(200)
    }
  })

  test('page after page, everybody once, those of one moment too', async () => {
    const shop = await openShop(database)
    await shop.connection.pool.query(`
      insert into users (id, email, email_verified_at, created_at)
        select 'user-' || n, n || '@u.example', now(), '2026-01-01'::timestamptz + n * interval '300 microseconds'
        from generate_series(1, 60) n;
      insert into payments (id, kind, status, amount, currency, description, email, locale, livemode, created_at, paid_at)
        select 'pi_' || n, 'tip', 'paid', 660, 'cny', 'Tip', n % 70 || '@p.example', 'en', false, t, t
        from generate_series(1, 210) n, lateral (select '2026-01-01'::timestamptz + (n / 40) * interval '1 second' as t) t;
      insert into payments (id, kind, status, amount, currency, description, email, locale, livemode, created_at, paid_at, user_id)
        values ('pi_u', 'tip', 'paid', 660, 'cny', 'Tip', 'else@p.example', 'en', false, '2026-01-01', '2026-01-01', 'user-1');
      insert into offline_entries (key, description, email, amount, currency, locale, received_at)
        select 'k' || n, 'Talk', n % 30 || '@p.example', 660, 'cny', 'en', '2026-01-01'::timestamptz + (n / 10) * interval '1 second'
        from generate_series(1, 90) n`)
    const owner = await shop.owner('en')
    const pages: string[][] = []
    let next: string | undefined = PAGE
    for (let html = ''; next; next = linkTo(html, 'Older')) {
      html = await (await owner.get(next)).text()
      pages.push(rowsOf(html).map(({ text }) => /\S+@\S+/.exec(text)![0]))
    }
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 30])
    expect(new Set(pages.flat()).size).toBe(130)
    expect(linkTo(await (await owner.get(PAGE)).text(), 'Back to the newest')).toBeUndefined()
  })
})

onBothDatabases('the page of a person', (database) => {
  test('is linked from a payment, and says plan, credits and questions', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await buy(shop, ann, 'member-30-days')
    const [payment] = await shop.db.selectFrom('payments').select('id').execute()
    const owner = await shop.owner('en')
    const link = linkTo(await (await owner.get(`/dashboard/payments/${payment!.id}`)).text(), 'All about this customer')
    expect(await owner.read(link!)).toMatch(/No account ann@example\.com .*Membership until /)
    expect((await rows(owner))[0]!.text).toContain('Membership · paid')

    const id = await proveAddress(shop, ann, ANN)
    await buy(shop, ann, 'question-5')
    await buy(shop, ann, 'member-month')
    await ann.post('/ask', { title: 'Why?', body: 'Why not?', request: 'form-0001' })
    const page = await owner.read(`${PAGE}/${id}`)
    expect(page).toMatch(/Membership ¥33\.00 a month renews on .*5 questions.*Questions Why\?/)
    // The subscription is the plan: it is not named twice.
    expect(page).not.toContain('Membership until')
    // The pass is open, whatever becomes of the subscription.
    await shop.db.updateTable('subscriptions').set({ status: 'unpaid' }).execute()
    expect(await owner.read(`${PAGE}/${id}`)).toMatch(
      /Membership until .*Membership ¥33\.00 a month its payment failed/,
    )
  })

  test('gives and takes credits there, with a reason, and comes back to say so', async () => {
    const shop = await openShop(database)
    const id = await proveAddress(shop, shop.visitor('en'), ANN)
    const owner = await shop.owner('en')
    const page = await (await owner.get(`${PAGE}/${id}`)).text()
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)![1]!
    const form = { email: hidden('email'), request: hidden('request'), back: hidden('back') }
    const given = await owner.post('/dashboard/credits', { ...form, amount: '3', reason: 'so <sorry>' })
    await owner.post('/dashboard/credits', { ...form, amount: '3', reason: 'so <sorry>' })
    expect(await creditsOf(shop.db, id)).toBe(3)
    const after = given.headers.get('location')!
    expect(after.startsWith(`${PAGE}/${id}?`)).toBe(true)
    expect(await owner.read(after)).toMatch(/Gave 3 questions to ann@example\.com.*so <sorry> \+3/)
    const wrong = await owner.post('/dashboard/credits', { ...form, amount: '-4', reason: 'too many' })
    expect(wrong.status).toBe(422)
    expect(await wrong.text()).toContain(`name="back" value="${PAGE}/${id}"`)
    const elsewhere = { ...form, amount: '1', reason: 'x', back: '//evil.example' }
    expect((await owner.post('/dashboard/credits', elsewhere)).status).toBe(400)
  })

  test('a note follows its person to the account and a new address, is theirs to read, and goes with the account', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await buy(shop, ann, 'question-1')
    const owner = await shop.owner('en')
    const guest = (await rows(owner))[0]!.href
    expect((await owner.post(`${guest}/note`, { note: 'Met in <Kyoto>.\nLikes tea.' })).status).toBe(303)
    const page = await (await owner.get(`${guest}?said=noted`)).text()
    expect(page).toContain('Met in &lt;Kyoto&gt;.\nLikes tea.')
    expect(textOf(page)).toContain('Noted.')
    expect(page).toContain('download')

    const id = await proveAddress(shop, ann, ANN)
    expect(await owner.read(`${PAGE}/${id}`)).toContain('Likes tea.')
    expect(await shop.db.selectFrom('person_notes').select(['user_id', 'email']).execute()).toEqual([
      { user_id: id, email: null },
    ])
    // What was written in a page of the guest that was still open is about the account.
    await owner.post(`${guest}/note`, { note: 'Likes coffee.' })
    const download = await (await ann.get('/account/data.json')).json()
    expect(download.ownersNotes).toMatchObject([{ body: 'Likes coffee.' }])
    const bob = shop.visitor('en')
    await proveAddress(shop, bob, 'bob@example.com')
    expect((await (await bob.get('/account/data.json')).json()).ownersNotes).toEqual([])

    await ann.post('/account/delete', { email: ANN })
    await shop.quiet()
    expect(await shop.db.selectFrom('person_notes').selectAll().execute()).toEqual([])
    expect((await owner.get(`${PAGE}/${id}`)).status).toBe(404)
    const [gone] = (await rows(owner)).filter(({ text }) => !text.includes('bob@'))
    expect(gone!.text).toContain('A customer who deleted their account ¥6.60')
    const left = await (await owner.get(gone!.href)).text()
    expect(left).not.toMatch(/ann@|Likes|name="note"/)
  })

  test('a note of an address that an account has moved to joins its own; one not claimed yet is erased with it all the same', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const id = await proveAddress(shop, ann, ANN)
    const owner = await shop.owner('en')
    await owner.post(`${PAGE}/${id}/note`, { note: 'One' })
    await shop.db
      .insertInto('person_notes')
      .values({ user_id: null, email: ANN, body: 'Two', written_at: new Date() })
      .execute()
    expect(await owner.read(`${PAGE}/${id}`)).toMatch(/One\s+Two/)
    expect((await (await ann.get('/account/data.json')).json()).ownersNotes).toHaveLength(2)
    await proveAddress(shop, shop.visitor('en'), ANN)
    expect(await shop.db.selectFrom('person_notes').select('body').execute()).toEqual([{ body: 'One\n\nTwo' }])
    await shop.db
      .insertInto('person_notes')
      .values({ user_id: null, email: ANN, body: 'Three', written_at: new Date() })
      .execute()
    await ann.post('/account/delete', { email: ANN })
    expect(await shop.db.selectFrom('person_notes').selectAll().execute()).toEqual([])
  })

  test('a note that is too long comes back as typed, an empty one leaves nothing, and twice at once is once', async () => {
    const shop = await openShop(database)
    await paidRow(shop, 'pi_1', { email: ANN })
    const owner = await shop.owner('en')
    const note = `${PAGE}/pi_1/note`
    const long = await owner.post(note, { note: `a"<${'字'.repeat(2000)}` })
    expect(long.status).toBe(422)
    const back = await long.text()
    expect(back).toContain('a&quot;&lt;字字')
    expect(textOf(back)).toContain('2000 characters at most')
    for (const form of [{}, { other: 'x' }]) expect((await owner.post(note, form as never)).status).toBe(400)
    const twice = await Promise.all([owner.post(note, { note: 'Tea' }), owner.post(note, { note: 'Tea' })])
    expect(twice.map(({ status }) => status)).toEqual([303, 303])
    expect(await shop.db.selectFrom('person_notes').select(['email', 'body']).execute()).toEqual([
      { email: ANN, body: 'Tea' },
    ])
    await owner.post(note, { note: ' \n\0' })
    expect(await shop.db.selectFrom('person_notes').selectAll().execute()).toEqual([])
    const foreign = await owner.post(
      note,
      { note: 'x' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    )
    expect(foreign.status).toBe(403)
  })
})

onPostgres('very many payments of one guest', (database) => {
  test('are looked past so many at a time, and nobody behind them is lost', async () => {
    const shop = await openShop(database)
    await shop.connection.pool.query(`
      insert into payments (id, kind, status, amount, currency, description, email, locale, livemode, created_at, paid_at)
        select 'pi_' || n, 'tip', 'paid', 660, 'cny', 'Tip', case n when 1 then 'first' else 'often' end || '@p.example', 'en',
          false, t, t
        from generate_series(1, ${PAYMENTS_LOOKED_AT} + 10) n, lateral (select '2026-01-01'::timestamptz + n * interval '1 second' as t) t;
      analyze payments`)
    const owner = await shop.owner('en')
    const first = await (await owner.get(PAGE)).text()
    expect(rowsOf(first).map(({ text }) => /\w+@/.exec(text)![0])).toEqual(['often@'])
    const second = await (await owner.get(linkTo(first, 'Older')!)).text()
    expect(rowsOf(second).map(({ text }) => /\w+@/.exec(text)![0])).toEqual(['first@'])
    expect(linkTo(second, 'Older')).toBeUndefined()
  })
})

async function rows(owner: Visitor, path = PAGE) {
  return rowsOf(await (await owner.get(path)).text())
}

function rowsOf(html: string): { text: string; href: string }[] {
  const list = /<ul class="rows">(.*?)<\/ul>/s.exec(html)?.[1] ?? ''
  return [...list.matchAll(/<li>(.*?)<\/li>/gs)].map(([, row]) => ({
    text: textOf(row!),
    href: /href="([^"]+)"/.exec(row!)![1]!,
  }))
}

function linkTo(html: string, text: string): string | undefined {
  return new RegExp(`href="([^"]+)">${text}<`).exec(html)?.[1]?.replaceAll('&amp;', '&')
}

async function ownersId(shop: Shop): Promise<string> {
  const { ownerEmail } = shop.config
  return (await shop.db.selectFrom('users').select('id').where('email', '=', ownerEmail).executeTakeFirstOrThrow()).id
}

const paidRow = (shop: Shop, id: string, facts: object) => paymentRow(shop, id, { paid_at: new Date(), ...facts })
