import fc from 'fast-check'
import { afterAll, beforeAll, test, vi } from 'vitest'
import { expectSame } from './books.ts'
import { Courier, deliverCalmly } from './deliver.ts'
import { type Delivery, delivery, type History, history } from './history.ts'
import { tell } from './teller.ts'
import { openEarth } from './world.ts'

const HISTORIES = Number(process.env.HISTORIES ?? 200)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
/** Told side by side: they share the shop and the time, not the customers. */
const AT_ONCE = 24

let earth: Awaited<ReturnType<typeof openEarth>>
beforeAll(async () => {
  earth = await openEarth()
})
afterAll(() => earth.close())

test(`${HISTORIES} histories, told in every way to two processes: the same books, rights and mail`, async () => {
  const figures = { rounds: 0, histories: 0, events: 0, posts: 0 }
  const began = Date.now()
  const world = fc.array(history, { minLength: 1, maxLength: AT_ONCE, size: 'max' })
  const property = fc.asyncProperty(world, delivery, async (histories, how) => {
    const { events, posts } = await told(histories, how)
    figures.rounds++
    figures.histories += histories.length
    figures.events += events
    figures.posts += posts
  })
  // One round after the other, since what counts is the histories. A failure names the seed of its round.
  for (let seed = SEED; figures.histories < HISTORIES; seed++) {
    await fc.assert(property, { seed, numRuns: 1, interruptAfterTimeLimit: 120_000 })
    if (HISTORIES > 200 && figures.rounds % 10 === 0) report(figures, began)
  }
  report(figures, began)
}, 3_600_000)

function report(figures: object, began: number): void {
  console.log(`from seed ${SEED}:`, { ...figures, seconds: Math.round((Date.now() - began) / 100) / 10 })
}

/** Has histories happen and tells of them in two ways, and expects the same of both. */
async function told(histories: History[], how: Delivery): Promise<{ events: number; posts: number }> {
  // The bad days are meant, and the processes complain about them.
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  let figures = { events: 0, posts: 0 }
  try {
    await earth.world(how, async (world) => {
      const courier = new Courier(world, how)
      const prove = (email: string) => courier.prove(email)
      await tell({ ...world, prove }, histories, how.live ? () => courier.glance() : undefined)
      await courier.finish()
      await deliverCalmly(world, courier.told, courier.people)
      await expectSame(world, courier.people, how)
      figures = { events: courier.told.length, posts: courier.posts }
    })
  } finally {
    complaints.mockRestore()
  }
  return figures
}
