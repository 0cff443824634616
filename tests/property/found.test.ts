import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { claimPurchases } from '../../src/payments/claims.ts'
import { forgetPayer } from '../../src/payments/forget-payer.ts'
import { sync, syncEvents } from '../../src/payments/sync.ts'
import { onPostgres } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'

/** What the generated histories have found, and what was looked for beside them. */
onPostgres('found', (database) => {
  test('a reading of a payment that knows nothing of an inquiry does not hide the inquiry', async () => {
    const shop = await openShop(database, { webhooks: false })
    const payment = await paidTip(shop)
    const inquiry = await shop.sandbox.dispute(payment.charge_id!, { inquiry: true })
    // It leaves no mark on the charge, so that only whoever reads the inquiry itself knows of it …
    const { list } = shop.stripe.checkout.sessions
    shop.stripe.checkout.sessions.list = (async (...args: Parameters<typeof list>) => {
      const sessions = await list.apply(shop.stripe.checkout.sessions, args)
      for (const { payment_intent } of sessions.data) {
        Object.assign((payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge, { disputed: false })
      }
      return sessions
    }) as typeof list
    // … and that is read first, and answered last.
    const { retrieve } = shop.stripe.disputes
    const held = gate()
    shop.stripe.disputes.retrieve = (async (...args: Parameters<typeof retrieve>) => {
      await held.passed
      return retrieve.apply(shop.stripe.disputes, args)
    }) as typeof retrieve
    const slow = sync(depsOf(shop), inquiry.id)
    await expect.poll(held.isReached).toBe(true)
    await sync(depsOf(shop), payment.id)
    held.open()
    await slow
    expect(await shop.db.selectFrom('disputes').select(['id', 'status']).execute()).toEqual([
      { id: inquiry.id, status: 'warning_needs_response' },
    ])
  })

  test('an event that is applied carries no error, whoever failed with it meanwhile', async () => {
    const shop = await openShop(database, { webhooks: false })
    const { sessionId } = await shop.tip()
    const { retrieve } = shop.stripe.checkout.sessions
    const about = { object_id: sessionId, livemode: false, created_at: new Date(), via: 'poll', payload: '{}' } as const
    await shop.db
      .insertInto('inbox')
      .values({ ...about, id: 'evt_1', type: 'checkout.session.completed' })
      .execute()
    const held = gate()
    shop.stripe.checkout.sessions.retrieve = (async () => {
      shop.stripe.checkout.sessions.retrieve = retrieve
      await held.passed
      throw new Error('Stripe is away')
    }) as unknown as typeof retrieve
    const failing = syncEvents(depsOf(shop), sessionId).catch((error) => error)
    await expect.poll(held.isReached).toBe(true)
    await syncEvents(depsOf(shop), sessionId)
    held.open()
    expect(await failing).toMatchObject({ message: 'Stripe is away' })
    expect(await shop.db.selectFrom('inbox').select(['failures', 'error']).execute()).toEqual([
      { failures: 0, error: null },
    ])
  })

  test('an address that is proved while its payment is being written gets the payment', async () => {
    const shop = await openShop(database, { webhooks: false })
    const id = crypto.randomUUID()
    const { written, held } = await writingATip(shop)
    await shop.db
      .insertInto('users')
      .values({ id, email: 'payer@example.com', email_verified_at: new Date() })
      .execute()
    const claimed = claimPurchases(shop.db, { id, email: 'payer@example.com' })
    await Promise.race([claimed, pause(200)])
    held.open()
    await Promise.all([written, claimed])
    expect(await shop.db.selectFrom('payments').select('user_id').execute()).toEqual([{ user_id: id }])
  })

  test('an account that is deleted while its payment is being written leaves no address behind', async () => {
    const shop = await openShop(database, { webhooks: false })
    const user = { id: crypto.randomUUID(), email: 'payer@example.com' }
    await shop.db
      .insertInto('users')
      .values({ ...user, email_verified_at: new Date() })
      .execute()
    const { written, held } = await writingATip(shop)
    const forgotten = shop.db.transaction().execute(async (trx) => {
      await forgetPayer(trx, user)
      await trx.deleteFrom('users').where('id', '=', user.id).execute()
    })
    await Promise.race([forgotten, pause(200)])
    held.open()
    await Promise.all([written, forgotten])
    expect(await shop.db.selectFrom('payments').select(['user_id', 'email']).execute()).toEqual([
      { user_id: null, email: null },
    ])
  })
})

async function paidTip(shop: Shop) {
  const { sessionId } = await shop.tip()
  await sync(depsOf(shop), sessionId)
  return shop.db.selectFrom('payments').selectAll().executeTakeFirstOrThrow()
}

/** A tip whose payment is written, and whose transaction stays open until `held` opens. */
async function writingATip(shop: Shop) {
  const sent = await shop.visitor().post('/tip', { amount: '660', request: crypto.randomUUID() })
  const sessionId = sessionIdOf(sent.headers.get('location'))
  await shop.sandbox.pay(sessionId, { email: 'payer@example.com' })
  const held = gate()
  const jobs = { wake() {}, enqueue: () => held.passed } as never
  const written = sync({ ...shop, jobs }, sessionId)
  await expect.poll(held.isReached).toBe(true)
  return { written, held }
}

function depsOf(shop: Shop) {
  return { ...shop, jobs: { wake() {}, enqueue: async () => {} } as never }
}

/** Whoever waits for `passed` waits until it is opened. */
function gate() {
  let isReached = false
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    get passed() {
      isReached = true
      return opened
    },
    isReached: () => isReached,
    open: () => open(),
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
