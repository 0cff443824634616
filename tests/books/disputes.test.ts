import { expect, test } from 'vitest'
import { takeCredit } from '../../src/payments/credits.ts'
import { rightsOf } from '../../src/payments/rights.ts'
import { buy } from '../support/buy.ts'
import { onBothDatabases, onPostgres, type TestDatabase } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop } from '../support/shop.ts'
import { textOf, type Visitor } from '../support/visitor.ts'

onBothDatabases('disputes', (database) => {
  test('what the kit knows is filled in, is saved, handed in once, and wins', async () => {
    const { shop, owner, dispute, page } = await disputed(database)
    expect(await owner.read('/dashboard')).toMatch(/Answer a dispute: ¥30\.00 answer by/)
    expect(await owner.read('/dashboard/disputes')).toMatch(/¥30\.00.*Waits for you · answer by .*ann@example\.com/)
    const written = await formOn(owner, page)
    expect(written).toMatchObject({ customer_email_address: 'ann@example.com', service_date: expect.any(String) })
    expect(written.access_activity_log).toMatch(/Paid on the page of Stripe[\s\S]*Sent the receipt to ann@example\.com/)
    expect(written.access_activity_log).toContain('Used 1 paid credit (question)')
    expect(written.product_description).toContain('Five questions')

    const draft = { ...written, customer_name: '<script>alert(1)</script>', uncategorized_text: 'winning_evidence' }
    const saved = await owner.post(page, { ...draft, next: 'save' })
    expect(saved.headers.get('location')).toBe(`${page}?saved=1`)
    expect(await formOn(owner, page)).toMatchObject({ uncategorized_text: 'winning_evidence' })
    expect((await shop.stripe.disputes.retrieve(dispute)).evidence_details.submission_count).toBe(0)
    const next = await owner.post(page, { ...draft, next: 'go-on' })
    expect(next.headers.get('location')).toBe(`${page}/hand-in`)
    const confirm = await (await owner.get(`${page}/hand-in`)).text()
    expect(confirm).toContain('&lt;script&gt;alert(1)')
    expect(confirm).not.toContain('<script>alert')

    const handedIn = await owner.post(`${page}/hand-in`, {})
    expect(handedIn.headers.get('location')).toBe(page)
    // At once, before any webhook.
    expect(await owner.read(page)).toContain('The bank reads your evidence')
    expect(await owner.read('/dashboard')).not.toContain('Answer a dispute')
    const again = await owner.post(`${page}/hand-in`, {})
    expect(again.status).toBe(409)
    expect(textOf(await again.text())).toContain('The bank waits for no answer any more')
    expect((await owner.post(page, { ...draft, next: 'save' })).status).toBe(409)
    expect((await shop.stripe.disputes.retrieve(dispute)).evidence_details.submission_count).toBe(1)

    await shop.sandbox.clock.advance(60_000)
    await shop.quiet()
    expect(await owner.read(page)).toMatch(/You won.*The money and the dispute fee are back/)
    expect((await owner.post(`${page}/accept`, {})).status).toBe(409)
  })

  test('the owner may let the customer have the money, after saying so twice', async () => {
    const { shop, owner, dispute, page, payment } = await disputed(database)
    expect(await owner.read(`${page}/accept`)).toContain('there is no way back')
    expect((await shop.stripe.disputes.retrieve(dispute)).status).toBe('needs_response')
    await owner.post(`${page}/accept`, {})
    expect(await owner.read(page)).toMatch(/Lost .*The customer keeps the money.*No evidence was handed in/)
    expect(await owner.read(`/dashboard/payments/${payment}`)).toContain('Dispute lost')
    expect((await owner.get(`${page}/hand-in`)).headers.get('location')).toBe(page)
  })

  test('what is too long comes back with what was typed', async () => {
    const { owner, page } = await disputed(database)
    const written = await formOn(owner, page)
    const long = await owner.post(page, {
      ...written,
      customer_name: '名'.repeat(201),
      uncategorized_text: 'mine',
      next: 'save',
    })
    expect(long.status).toBe(422)
    const text = await long.text()
    expect(text).toContain('That is too long')
    expect(text).toContain('mine')
    expect((await owner.post(page, {})).status).toBe(400)
    expect((await owner.post(page, { next: 'burn' })).status).toBe(400)
    expect((await owner.post(page, { ...written, customer_name: '\u0000\u0007 A', next: 'save' })).status).toBe(303)
    expect((await formOn(owner, page)).customer_name).toBe('A')
  })

  test('for the owner alone, and what can’t be undone for a fresh sign-in', async () => {
    const { shop, owner, ann, page } = await disputed(database)
    for (const path of ['/dashboard/disputes', page, `${page}/hand-in`, `${page}/accept`]) {
      expect((await ann.get(path)).status, path).toBe(404)
      expect((await shop.visitor().get(path)).headers.get('location'), path).toContain('/sign-in')
    }
    for (const path of ['', '/hand-in', '/accept']) {
      expect((await owner.get(`/dashboard/disputes/du_nobody${path}`)).status).toBe(404)
      expect((await owner.post(`/dashboard/disputes/du_nobody${path}`, {})).status).toBe(404)
    }
    await shop.db
      .updateTable('sessions')
      .set({ created_at: new Date(Date.now() - 660_000) })
      .execute()
    for (const path of ['hand-in', 'accept']) {
      expect((await owner.get(`${page}/${path}`)).headers.get('location')).toContain('again=1')
      expect((await owner.post(`${page}/${path}`, {})).headers.get('location')).toContain('again=1')
    }
    expect((await owner.get(page)).status).toBe(200)
  })
})

onPostgres('disputes', (database) => {
  test('what was written is there when Stripe is away', async () => {
    const { shop, owner, page } = await disputed(database)
    const written = await formOn(owner, page)
    await shop.sandbox.chaos.set({ fail: 1 })
    const away = await owner.post(page, { ...written, uncategorized_text: 'kept', next: 'save' })
    expect(away.status).toBe(503)
    expect(await away.text()).toContain('kept')
  })
})

async function disputed(database: TestDatabase) {
  const shop = await openShop(database)
  const ann = shop.visitor('en')
  const userId = await proveAddress(shop, ann, 'ann@example.com')
  const payment = await buy(shop, ann, 'question-5')
  await shop.db.transaction().execute((trx) => takeCredit(trx, userId, 'question', 'use-1'))
  const { latest_charge } = await shop.stripe.paymentIntents.retrieve(payment)
  const { id: dispute } = await shop.sandbox.dispute(latest_charge as string)
  await shop.quiet()
  return { shop, ann, payment, dispute, page: `/dashboard/disputes/${dispute}`, owner: await shop.owner('en') }
}

/** What the form on a page holds, as a browser would send it. */
async function formOn(visitor: Visitor, path: string): Promise<Record<string, string>> {
  const html = await (await visitor.get(path)).text()
  const inputs = [...html.matchAll(/<input [^>]*name="(\w+)"[^>]*value="([^"]*)"/g)]
  const areas = [...html.matchAll(/<textarea [^>]*name="(\w+)"[^>]*>\n?([^<]*)<\/textarea>/g)]
  return Object.fromEntries(
    [...inputs, ...areas].map(([, name, value]) => [
      name!,
      textOf(value!.replaceAll('\n', '\u0001')).replaceAll('\u0001', '\n'),
    ]),
  )
}

onBothDatabases('a disputed subscription', (database) => {
  test('opens nothing while the bank has its money, and ends when the owner accepts', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    await buy(shop, ann, 'member-year')
    const plans = async () => (await rightsOf(shop.db, userId)).plans.map(({ plan }) => plan)
    expect(await plans()).toEqual(['member'])
    const dispute = async () => {
      const { charge_id } = await shop.db.selectFrom('payments').select('charge_id').executeTakeFirstOrThrow()
      const { id } = await shop.sandbox.dispute(charge_id!)
      await shop.quiet()
      return id
    }
    const id = await dispute()
    expect(await plans()).toEqual([])
    const owner = await shop.owner('en')
    expect(await owner.read(`/dashboard/disputes/${id}/accept`)).toContain('ends at once')
    expect((await owner.post(`/dashboard/disputes/${id}/accept`, {})).status).toBe(303)
    await shop.quiet()
    const [subscription] = await shop.db.selectFrom('subscriptions').select('status').execute()
    expect(subscription).toEqual({ status: 'canceled' })
    expect(await plans()).toEqual([])
  })
})
