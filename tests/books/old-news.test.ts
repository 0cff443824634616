import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { queueUnsent } from '../../src/mail/outbox.ts'
import { reconcile } from '../../src/payments/reconcile/reconcile.ts'
import { sync } from '../../src/payments/sync.ts'
import { onBothDatabases } from '../support/databases.ts'
import { openShop } from '../support/shop.ts'

const ALL = { since: null }

onBothDatabases('old news', (database) => {
  test('a database made anew reads of a payment of last week, and mails nobody again', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    const payment = await onlyPayment(shop)
    await shop.stripe.refunds.create({ payment_intent: payment, amount: 100 })
    await sandboxAges(shop, 4)
    await reconcile(shop, ALL)
    await shop.quiet()
    expect(await shop.mails()).toEqual([])
    const keys = ['first-payment', `receipt:${payment}`, expect.stringMatching(/^refund:/)]
    expect((await mails(shop)).map(({ key }) => key)).toEqual(expect.arrayContaining(keys))

    const owner = await shop.owner('en')
    expect(await owner.read(`/dashboard/payments/${payment}`)).toMatch(/Receipt.*not sent: it was no news any more/)
    expect(await owner.read('/dashboard/health')).toMatch(/Waiting to go out 0/)
    await shop.db.transaction().execute((trx) => queueUnsent(shop.jobs, trx))
    await shop.quiet()
    expect(await shop.mails()).toEqual([])
  })

  test('what was paid while we were away for two days is told', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    await sandboxAges(shop, 2)
    await reconcile(shop, ALL)
    await shop.quiet()
    expect(await shop.mails()).toHaveLength(2)
  })

  test('a refund that we know of and that fails after a week is news', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    const payment = await onlyPayment(shop)
    const { id } = await shop.stripe.refunds.create({ payment_intent: payment, amount: 100 })
    await sandboxAges(shop, 7)
    await sync(shop, payment)
    await sql`update sandbox.objects set data = (data::jsonb || '{"status": "failed"}')::json where id = ${id}`.execute(
      shop.db,
    )
    await sync(shop, payment)
    await shop.quiet()
    expect((await shop.mails()).map(({ subject }) => subject)).toEqual([expect.stringContaining('退款没有退成')])
  })

  test('a dispute heard of only when it was lost tells of no deadline; one at its appeal waits for the owner', async () => {
    const shop = await openShop(database, { webhooks: false })
    await shop.tip()
    const payment = await shop.stripe.paymentIntents.retrieve(await onlyPayment(shop))
    const dispute = await shop.sandbox.dispute(payment.latest_charge as string)
    const becomes = async (status: string) => {
      const facts = JSON.stringify({ status })
      await sql`update sandbox.objects set data = (data::jsonb || ${facts}::jsonb)::json where id = ${dispute.id}`.execute(
        shop.db,
      )
      await sync(shop, dispute.id)
      await shop.quiet()
    }
    await becomes('lost')
    const told = (await shop.mails()).map(({ subject }) => subject)
    expect(told.filter((subject) => subject.includes('拒付'))).toEqual([expect.stringContaining('拒付没有赢')])
    expect((await mails(shop)).find(({ key }) => key === `dispute:${dispute.id}`)?.skipped_at).not.toBeNull()

    await becomes('appeal_needs_response')
    expect((await shop.mails()).map(({ subject }) => subject).join()).toContain('申诉')
    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard')).toContain('Answer a dispute')
    expect(await owner.read(`/dashboard/disputes/${dispute.id}`)).toMatch(/answer by.*Stripe’s own dashboard/)
  })
})

type Shop = Awaited<ReturnType<typeof openShop>>

async function onlyPayment(shop: Shop): Promise<string> {
  return (await shop.stripe.paymentIntents.list()).data[0]!.id
}

/** As if all that Stripe has were that many days older. */
async function sandboxAges(shop: Shop, days: number): Promise<void> {
  await sql`
    update sandbox.objects
    set data = (data::jsonb || jsonb_build_object('created', (data->>'created')::bigint - ${days * 86_400}::bigint))::json
    where data->>'created' is not null
  `.execute(shop.db)
}

function mails({ db }: Shop) {
  return db.selectFrom('mails').select(['key', 'skipped_at']).execute()
}
