import { expect, test } from 'vitest'
import { noteMilestones, readMilestones } from '../../src/revenue/milestones.ts'
import { onBothDatabases } from '../support/databases.ts'
import { openShop, type Shop } from '../support/shop.ts'

const DAY = 86_400_000

onBothDatabases('the dashboard', (database) => {
  test('shows a new payment without a reload', async () => {
    const shop = await openShop(database)
    const owner = await shop.owner('en')
    const live = await owner.get('/dashboard/live')
    expect(live.headers.get('content-type')).toContain('text/event-stream')
    const told = listen(live)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(told.events()).toBe(0)
    await shop.tip({ amount: '660' })
    await shop.quiet()
    await told.until(1)
    expect(await owner.read('/dashboard')).toContain('¥6.60')
    await told.stop()
    const html = await (await owner.get('/dashboard')).text()
    expect(html).toMatch(/<script type="module" src="\/static\/live\.[0-9a-f]+\.js">/)
    expect((await shop.visitor().get('/dashboard/live')).status).not.toBe(200)
  })

  test('its chart covers seven days, thirty, or twelve months', async () => {
    const shop = await openShop(database)
    await book(shop, { amount: 1000, daysAgo: 0 })
    await book(shop, { amount: 2000, daysAgo: 10 })
    await book(shop, { amount: 4000, daysAgo: 200 })
    const owner = await shop.owner('en')
    expect(await owner.read('/dashboard?range=7d')).toContain('Last 7 days ¥10.00')
    expect(await owner.read('/dashboard')).toContain('Last 30 days ¥30.00')
    expect(await owner.read('/dashboard?range=12m&currency=cny')).toContain('Last 12 months ¥70.00')
    expect(await owner.read('/dashboard?range=%00century')).toContain('Last 30 days')
    const table = await (await owner.get('/dashboard?range=12m')).text()
    expect(table.match(/<th scope="row">/g)).toHaveLength(12)
  })

  test('milestones are dated by the payment that reached them, and stay', async () => {
    const shop = await openShop(database)
    for (let n = 1; n <= 9; n++) await book(shop, { amount: 660, daysAgo: 30 - n, email: `p${n}@example.com` })
    await book(shop, { amount: 660, daysAgo: 2, email: 'p1@example.com' })
    await noteMilestones(shop.db)
    expect(await readMilestones(shop.db)).toEqual([])
    await book(shop, { amount: 99_999, daysAgo: 5, email: 'p10@example.com' })
    await noteMilestones(shop.db)
    const reached = await readMilestones(shop.db)
    expect(reached.map(({ key }) => key).sort()).toEqual(['gross', 'payers-10'])
    for (const { at } of reached) expect(Math.round((Date.now() - at.getTime()) / DAY)).toBe(5)
    await noteMilestones(shop.db)
    expect(await readMilestones(shop.db)).toEqual(reached)
    const owner = await shop.owner('en')
    const page = await owner.read('/dashboard')
    expect(page).toContain('Paying user number 10')
    expect(page).toContain('¥1,000 earned')
  })
})

async function book(shop: Shop, { amount, daysAgo, email }: { amount: number; daysAgo: number; email?: string }) {
  await shop.db
    .insertInto('offline_entries')
    .values({
      key: crypto.randomUUID(),
      email: email ?? null,
      description: 'By hand',
      amount,
      currency: 'cny',
      locale: 'en',
      received_at: new Date(Date.now() - daysAgo * DAY),
    })
    .execute()
}

function listen(answer: Response) {
  const reader = answer.body!.getReader()
  let text = ''
  const events = () => text.split('event: books').length - 1
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value)
    }
  })()
  return {
    events,
    async until(count: number) {
      for (let waited = 0; events() < count; waited += 50) {
        if (waited > 5000) throw new Error(`only ${events()} events in five seconds`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async stop() {
      await reader.cancel()
      await reading
    },
  }
}
