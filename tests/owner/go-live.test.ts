import { expect, test } from 'vitest'
import { goLive } from '../../src/cli/live.ts'
import { onBothDatabases } from '../support/databases.ts'
import { openShop, type Shop, sessionIdOf } from '../support/shop.ts'

onBothDatabases('go-live', (database) => {
  test('the cheapest thing is bought, comes by the webhook, and is given back', async () => {
    const shop = await openShop(database)
    const { said, gone } = await tryIt(shop, async (sessionId) => {
      await shop.sandbox.pay(sessionId)
      await shop.quiet()
    })
    await gone
    expect(said.join('\n')).toMatch(
      /the doctor finds nothing wrong\n.*a checkout for ¥6\.60\n.*paid: pi_.*\n.*in the books, by the webhook\n.*refunded/,
    )
    expect(await money(shop)).toEqual([{ amount: 660, refunded: 660, price_key: 'question-1' }])
  })

  test('a payment that does not come is told, and given back all the same', async () => {
    const shop = await openShop(database, { webhooks: false })
    const { said, gone } = await tryIt(shop, async (sessionId) => void (await shop.sandbox.pay(sessionId)))
    await expect(gone).rejects.toThrow(/did not come into the books.*refunded/)
    expect(said.at(-1)).toMatch(/refunded, and in the books/)
    expect(await money(shop)).toEqual([{ amount: 660, refunded: 660, price_key: 'question-1' }])
  })

  test('nobody pays: the page is closed, so that nobody does later', async () => {
    const shop = await openShop(database)
    let session = ''
    const { gone } = await tryIt(shop, async (sessionId) => {
      session = sessionId
    })
    await expect(gone).rejects.toThrow(/Nobody paid/)
    expect((await shop.stripe.checkout.sessions.retrieve(session)).status).toBe('expired')
    expect(await money(shop)).toEqual([])
  })

  test('Stripe refuses to give it back: it says so, and where to do it', async () => {
    const shop = await openShop(database)
    const { gone } = await tryIt(shop, async (sessionId) => {
      await shop.sandbox.pay(sessionId)
      await shop.quiet()
      const { payment_intent } = await shop.stripe.checkout.sessions.retrieve(sessionId)
      await shop.stripe.refunds.create({ payment_intent: payment_intent as string })
    })
    await expect(gone).rejects.toThrow(/Paid, but the refund did not work: .*already.*\n.*\/dashboard\/payments\/pi_/)
  })

  test('while the doctor finds something, nothing is bought', async () => {
    const shop = await openShop(database)
    const { gone } = await tryIt({ ...shop, config: { ...shop.config, timeZone: 'Mars/Olympus' } }, async () => {
      throw new Error('asked to pay')
    })
    await expect(gone).rejects.toThrow(/FAILED +time zone(.|\n)*Nothing was bought/)
  })
})

/** `gone` is how it went. */
async function tryIt(shop: Shop, pay: (sessionId: string) => Promise<void>) {
  const said: string[] = []
  const gone = goLive({
    ...shop,
    world: { fetch: async (input, init) => shop.app.fetch(new Request(input, init)), freeBytes: async () => 50e9 },
    say: (line) => said.push(line),
    pay: (url) => pay(sessionIdOf(url)),
    patience: { payMs: 50, arriveMs: 200, everyMs: 20 },
  })
  await gone.catch(() => {})
  return { said, gone }
}

function money({ db }: Shop) {
  return db.selectFrom('payments').select(['amount', 'refunded', 'price_key']).execute()
}
