import { expect, test } from 'vitest'
import { reverseEntry } from '../../src/payments/offline-entries.ts'
import { LOOKS_AT } from '../../src/revenue/payment-parts.ts'
import { onBothDatabases, onPostgres } from '../support/databases.ts'
import { byHand, paymentRow } from '../support/rows.ts'
import { openShop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

const PAGE = '/dashboard/payments'

onBothDatabases('the list of payments', (database) => {
  test('the owner finds a payment by what anybody knows of it, and a stranger finds no page', async () => {
    const shop = await openShop(database)
    await shop.tip({ name: '小明', message: '谢谢你的答案' }, { email: 'ann@example.com' })
    await shop.tip({ amount: '1660', message: 'Fifty % off_all' }, { email: 'bob@example.com' })
    await shop.quiet()
    await byHand(shop, { name: 'Cy', email: 'cy@example.com', description: 'A talk' })
    const [ann] = await shop.db.selectFrom('payments').selectAll().where('email', '=', 'ann@example.com').execute()
    const owner = await shop.owner('en')

    const everything = await owner.read(PAGE)
    for (const words of ['谢谢你的答案', 'bob@example.com', 'A talk', 'Offline']) expect(everything).toContain(words)
    expect(await (await owner.get('/dashboard')).text()).toContain(`href="${PAGE}"`)

    for (const q of [
      'ann@example.com',
      'ANN@exam',
      '小明',
      '答案',
      'ann@',
      ann!.id,
      ann!.charge_id!,
      ann!.session_id!,
    ]) {
      expect(await found(owner, { q }), q).toEqual(['ann@example.com'])
    }
    expect(await found(owner, { q: ann!.balance_transaction_id! })).toEqual(['ann@example.com'])
    // What a pattern would take for anything is only itself.
    expect(await found(owner, { q: '% off_' })).toEqual(['bob@example.com'])
    expect(await found(owner, { q: '%' })).toEqual(['bob@example.com'])
    expect(await found(owner, { q: 'a%@' })).toEqual([])
    expect(await found(owner, { q: 'a talk' })).toEqual(['cy@example.com'])
    expect(await found(owner, { q: 'offline-1' })).toEqual(['cy@example.com'])
    expect(await found(owner, { q: '@example.com' })).toHaveLength(3)
    expect(await owner.read(`${PAGE}?q=nobody`)).toContain('Nothing found')

    expect((await shop.visitor().get(PAGE)).headers.get('location')).toContain('/sign-in')
    expect((await shop.visitor().get(`${PAGE}.csv`)).headers.get('location')).toContain('/sign-in')
  })

  test('by kind, state, currency and day, in the list as in the CSV', async () => {
    const shop = await openShop(database)
    for (const name of ['kept', 'part', 'back', 'taken']) await shop.tip({}, { email: `${name}@example.com` })
    await shop.quiet()
    const idOf = async (name: string) =>
      (await shop.db.selectFrom('payments').select('id').where('email', '=', `${name}@example.com`).execute())[0]!.id
    await shop.stripe.refunds.create({ payment_intent: await idOf('part'), amount: 100 })
    await shop.stripe.refunds.create({ payment_intent: await idOf('back') })
    await shop.quiet()
    await shop.db
      .updateTable('payments')
      .set({ disputed: 660 })
      .where('id', '=', await idOf('taken'))
      .execute()
    await paymentRow(shop, 'pi_failed', { status: 'failed', email: 'failed@example.com' })
    await paymentRow(shop, 'pi_waits', { status: 'processing', email: 'waits@example.com' })
    // 23:30 UTC on the 1st is the 2nd in Shanghai.
    const at = '2026-03-01T23:30:00Z'
    await paymentRow(shop, 'pi_yen', { email: 'yen@example.com', currency: 'jpy', created_at: at, paid_at: at })
    const entry = await byHand(shop, { email: 'hand@example.com', received_at: new Date('2026-03-02T15:59:59.5Z') })
    await shop.db.transaction().execute((trx) => reverseEntry(trx, entry))
    const owner = await shop.owner('en')

    const both = async (query: Record<string, string>, names: string[]) => {
      const addresses = names.map((name) => `${name}@example.com`)
      expect((await found(owner, query)).toSorted(), JSON.stringify(query)).toEqual(addresses.toSorted())
      expect((await inCsv(owner, query)).toSorted(), JSON.stringify(query)).toEqual(addresses.toSorted())
    }
    await both({ state: 'paid', kind: 'tip' }, ['kept', 'yen'])
    await both({ state: 'partlyRefunded' }, ['part'])
    await both({ state: 'refunded' }, ['back', 'hand', 'hand'])
    await both({ state: 'disputed' }, ['taken'])
    await both({ state: 'failed' }, ['failed'])
    await both({ state: 'processing' }, ['waits'])
    await both({ kind: 'offline' }, ['hand', 'hand'])
    await both({ kind: 'pass' }, [])
    await both({ currency: 'jpy' }, ['yen'])
    await both({ from: '2026-03-02', to: '2026-03-02' }, ['yen', 'hand'])
    await both({ to: '2026-03-01' }, [])
    await both({ from: '2026-03-02', to: '2026-03-02', kind: 'tip', currency: 'jpy', state: 'paid', q: 'yen@' }, [
      'yen',
    ])
    // What was not paid is not in the books, unless it is asked for.
    expect(await found(owner, {})).toContain('failed@example.com')
    expect(await inCsv(owner, {})).not.toContain('failed@example.com')
    expect(await owner.read(`${PAGE}?state=refunded`)).toMatch(/Taken back · hand@example\.com/)
  })

  test('page after page, older and back, each payment once, those of one second too', async () => {
    const shop = await openShop(database)
    await shop.connection.pool.query(`
      insert into payments (id, kind, status, amount, currency, description, email, locale, livemode, created_at, paid_at)
        select 'pi_' || n, 'tip', 'paid', 660, 'cny', 'Tip', n || '@s.example', 'en', false, t, t
        from generate_series(1, 90) n, lateral (select '2026-01-01'::timestamptz + (n / 20) * interval '1 second' as t) t;
      insert into offline_entries (key, description, email, amount, currency, locale, received_at)
        select 'k' || n, 'Talk', n || '@h.example', 660, 'cny', 'en', '2026-01-01'::timestamptz + (n / 10) * interval '1 second'
        from generate_series(1, 40) n`)
    const owner = await shop.owner('en')
    const pages: string[][] = []
    let next: string | undefined = `${PAGE}?kind=`
    let html = ''
    for (; next; next = linkTo(html, 'Older')) {
      html = await (await owner.get(next)).text()
      pages.push(addresses(html))
    }
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 30])
    expect(new Set(pages.flat()).size).toBe(130)
    const back = await (await owner.get(linkTo(html, 'Newer')!)).text()
    expect(addresses(back)).toEqual(pages[1])
    const top = await (await owner.get(linkTo(back, 'Newer')!)).text()
    expect(addresses(top)).toEqual(pages[0])
    expect(linkTo(await (await owner.get(PAGE)).text(), 'Newer')).toBeUndefined()
    expect(await inCsv(owner, {})).toEqual(pages.flat().toReversed())
    // The filter comes along.
    html = await (await owner.get(`${PAGE}?q=s.example`)).text()
    expect(addresses(await (await owner.get(linkTo(html, 'Older')!)).text())).toHaveLength(40)
  })

  test('what makes no sense is left out or told, and is never an error', async () => {
    const shop = await openShop(database)
    await shop.tip()
    await shop.quiet()
    const owner = await shop.owner('en')
    for (const query of [
      'kind=nothing&state=__proto__&currency=%F0%9F%8D%AC',
      'from=2026-02-30&to=yesterday',
      'from=0000-01-01&to=9999-12-31',
      'q=%00%00&from=%00',
      'older=0000-01-01T00:00:00Z,pi_1',
      'older=2026-99-99T00:00:00Z,pi_1',
      'newer=2026-01-01T00:00:00Z,offline-99999999999999999999',
      'older=%00&newer=x',
    ]) {
      for (const path of [PAGE, `${PAGE}.csv`]) {
        const answer = await owner.get(`${path}?${query}`)
        expect(answer.status, query).toBe(200)
        expect(await answer.text(), query).toContain('payer@example.com')
      }
    }
    for (const query of [
      `q=${'x'.repeat(50_000)}`,
      'q=%ED%A0%80',
      'q=%E0%A4%A',
      'q=%5C',
      'q=pi_nothing',
      'q=offline-1',
    ]) {
      expect((await owner.get(`${PAGE}?${query}`)).status, query.slice(0, 20)).toBe(200)
      expect((await owner.get(`${PAGE}.csv?${query}`)).status, query.slice(0, 20)).toBe(200)
    }
    expect(await owner.read(`${PAGE}?from=2026-02-30`)).toContain('doesn’t look like a date')
    expect(await owner.read(`${PAGE}?q=${'x'.repeat(300)}`)).toContain('too long')
    expect(await (await owner.get(`${PAGE}?q=%22%3E%3Cscript%3E`)).text()).not.toContain('<script>')
  })
})

onPostgres('the list of very many payments', (database) => {
  test('looks at so many for a page and no more, says so, and goes on from there', async () => {
    const shop = await openShop(database)
    await shop.connection.pool.query(`
      insert into payments (id, kind, status, amount, currency, description, email, locale, livemode, created_at, paid_at)
        select 'pi_' || n, 'tip', 'paid', 660, 'cny', 'Tip', n || '@s.example', 'en', false, t, t
        from generate_series(1, ${LOOKS_AT} + 10) n, lateral (select '2026-01-01'::timestamptz + n * interval '1 second' as t) t;
      update payments set message = 'A needle' where id in ('pi_3', 'pi_${LOOKS_AT + 9}')`)
    const owner = await shop.owner('en')
    const first = await (await owner.get(`${PAGE}?q=needle`)).text()
    expect(addresses(first)).toEqual([`${LOOKS_AT + 9}@s.example`])
    expect(textOf(first)).toContain('Looked back to January 1, 2026')
    const second = await (await owner.get(linkTo(first, 'Look further back')!)).text()
    expect(addresses(second)).toEqual(['3@s.example'])
    expect(linkTo(second, 'Look further back')).toBeUndefined()
    expect(await inCsv(owner, { q: 'needle' })).toHaveLength(2)
  })
})

async function found(owner: Visitor, query: Record<string, string>): Promise<string[]> {
  return addresses(await (await owner.get(`${PAGE}?${new URLSearchParams(query)}`)).text())
}

/** Of the payments in a page, in their order. */
function addresses(html: string): string[] {
  const rows = /<ul class="rows">(.*?)<\/ul>/s.exec(html)?.[1] ?? ''
  return [...rows.matchAll(/<li>(.*?)<\/li>/gs)].map(([, row]) => /[\w-]+@[\w.]+/.exec(row!)![0])
}

async function inCsv(owner: Visitor, query: Record<string, string>): Promise<string[]> {
  const text = await (await owner.get(`${PAGE}.csv?${new URLSearchParams(query)}`)).text()
  const rows = text.trim().split('\r\n').slice(1)
  return rows.map((row) => row.split(',')[3]!)
}

function linkTo(html: string, text: string): string | undefined {
  return new RegExp(`href="([^"]+)">${text}<`).exec(html)?.[1]?.replaceAll('&amp;', '&')
}
