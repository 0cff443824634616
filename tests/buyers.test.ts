import { expect, test } from 'vitest'
import { rightsOf } from '../src/payments/rights.ts'
import { buy } from './support/buy.ts'
import { onBothDatabases } from './support/databases.ts'
import { proveAddress } from './support/prove-address.ts'
import { openShop, type Shop } from './support/shop.ts'
import type { Visitor } from './support/visitor.ts'

onBothDatabases('what somebody buys while signed in', (database) => {
  test('is theirs when their address changes, and never the next reader’s of the old one', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    await buy(shop, ann, 'member-month')
    const { id, customer_id } = await subscriptionOf(shop)
    await changeAddress(shop, ann, 'new@example.com')
    await shop.quiet()
    // Stripe knows the new address, so renewals' receipts go there.
    await expect
      .poll(async () => (await shop.stripe.customers.retrieve(customer_id)) as { email?: string }, { timeout: 10_000 })
      .toMatchObject({ email: 'new@example.com' })
    await buy(shop, ann, 'question-5', { email: 'new@example.com' })
    await shop.sandbox.renew(id)
    await shop.quiet()
    const payments = await shop.db
      .selectFrom('payments')
      .select(['user_id', 'email', 'kind'])
      .orderBy('created_at')
      .execute()
    expect(payments).toMatchObject([
      { user_id: userId, kind: 'subscription' },
      { user_id: userId, email: 'new@example.com', kind: 'purchase' },
      { user_id: userId, email: 'new@example.com', kind: 'subscription' },
    ])
    expect(await rightsOf(shop.db, userId)).toMatchObject({ credits: 5, plans: [{ plan: 'member' }] })
    expect((await ann.post('/checkout/member-year', { request: 'form-0001' })).status).toBe(409)

    const next = shop.visitor('en')
    const stranger = await proveAddress(shop, next, 'ann@example.com')
    expect(stranger).not.toBe(userId)
    expect(await rightsOf(shop.db, stranger)).toEqual({ credits: 0, plans: [] })
    expect((await next.post('/portal', {})).headers.get('location')).toBe('/account')

    expect((await ann.post('/account/delete', { email: 'new@example.com' })).status).toBe(303)
    expect((await shop.stripe.subscriptions.retrieve(id)).status).toBe('canceled')
    await shop.quiet()
    expect(await shop.db.selectFrom('payments').select(['email', 'buyer_id']).distinct().execute()).toEqual([
      { email: null, buyer_id: null },
    ])
  })

  test('is paid by their own customer at Stripe, whoever else wrote their address there', async () => {
    const shop = await openShop(database)
    const ann = shop.visitor('en')
    await proveAddress(shop, ann, 'ann@example.com')
    await buy(shop, ann, 'question-1')
    const [own] = await shop.db.selectFrom('payments').select('customer_id').execute()
    const guest = shop.visitor('en')
    await buy(shop, guest, 'member-month', { email: 'ann@example.com' })
    const { customer_id, id } = await subscriptionOf(shop)
    expect(customer_id).not.toBe(own!.customer_id)

    const sent = await ann.post('/checkout/question-1', { request: 'form-0002' })
    const session = await shop.stripe.checkout.sessions.retrieve(/cs_test_\w+/.exec(sent.headers.get('location')!)![0])
    expect(session.customer).toBe(own!.customer_id)
    // What a guest bought for her is hers to end, by a button of its own.
    const account = await (await ann.get('/account')).text()
    expect(account).toContain(`name="subscription" value="${id}"`)
    const portals = [await portalOf(shop, ann), await portalOf(shop, ann, id)]
    expect(portals).toEqual([own!.customer_id, customer_id])
    const other = shop.visitor('en')
    await proveAddress(shop, other, 'other@example.com')
    expect((await other.post('/portal', { subscription: id })).headers.get('location')).toBe('/account')
  })
})

function subscriptionOf({ db }: Shop) {
  return db.selectFrom('subscriptions').select(['id', 'customer_id']).executeTakeFirstOrThrow()
}

async function changeAddress(shop: Shop, visitor: Visitor, to: string): Promise<void> {
  await visitor.post('/account/email', { email: to })
  await shop.quiet()
  const mail = (await shop.mails()).find((one) => one.to === to && one.text.includes('token='))!
  await visitor.post('/sign-in/link', { token: /token=(\S+)/.exec(mail.text)![1]! })
}

/** Whose portal a visitor is sent to. */
async function portalOf(shop: Shop, visitor: Visitor, subscription = ''): Promise<string | undefined> {
  const create = shop.stripe.billingPortal.sessions.create.bind(shop.stripe.billingPortal.sessions)
  let customer: string | undefined
  shop.stripe.billingPortal.sessions.create = ((params: Parameters<typeof create>[0]) => {
    customer = params?.customer
    return create(params)
  }) as never
  await visitor.post('/portal', { subscription })
  shop.stripe.billingPortal.sessions.create = create
  return customer
}
