import { randomBytes } from 'node:crypto'
import { createTransport, type Transporter } from 'nodemailer'
import type Stripe from 'stripe'
import { inject } from 'vitest'
import { type Config, loadConfig } from '../../src/config.ts'
import { type Connection, connectPostgres } from '../../src/db/connection.ts'
import { createStripe } from '../../src/payments/stripe.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { start } from '../../src/start.ts'
import { emptied, rememberTables } from '../support/emptied.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { seeded } from '../support/seeded.ts'
import { AT_ONCE, SECRET } from '../support/shop.ts'
import type { Delivery } from './history.ts'

/** One Stripe; a shop that is told everything calmly; and one of two processes, on one database, that is not. */
export interface World {
  config: Config
  sandbox: Sandbox
  stripe: Stripe
  calm: Connection
  busy: Connection
  processes: Process[]
  /** Between 0 and 1, the same again for the same seed. */
  random: () => number
  /** Nothing happens any more, so no answer is late enough to be untrue from now on. */
  historyIsOver(): void
  /** The answers come that were held until now. */
  answerLate(): void
  /** Stripe answers at once and without error from now on. */
  calmStripe(): void
  /** The Message-IDs that went out, as often as they did. */
  sent: string[]
}

export type Process = Awaited<ReturnType<typeof start>> & { stripe: Stripe }

/** Two databases, for one world after the other: to make new ones each time would take longer than the histories. */
export async function openEarth() {
  const server = inject('postgres')
  const database = async () => {
    const name = `${server.template}_${randomBytes(6).toString('hex')}`
    return createDatabase(server.url, name, server.template)
  }
  const busyUrl = await database()
  const calm = connectPostgres(await database())
  const pools = [connectPostgres(busyUrl), connectPostgres(busyUrl)]
  const connections = [calm, ...pools]
  for (const { pool } of connections) await rememberTables((text) => pool.query(text))

  return {
    async world(how: Delivery, use: (world: World) => Promise<void>): Promise<void> {
      const world = await openWorld(how, calm, pools)
      try {
        await use(world)
      } finally {
        world.calmStripe()
        for (const { stop } of world.processes) await stop()
        await world.sandbox.stop()
        for (const { pool } of connections.slice(0, 2)) await emptied((text) => pool.query(text))
      }
    },
    async close(): Promise<void> {
      for (const connection of connections) await connection.close()
    },
  }
}

async function openWorld(how: Delivery, calm: Connection, pools: Connection[]): Promise<World> {
  const config = loadConfig({ STRIPE_WEBHOOK_SECRET: SECRET })
  const sandbox = await createSandbox({ pool: calm.pool, baseUrl: config.baseUrl, settleAfterMs: 2000 })
  const random = seeded(how.seed)
  const bad = badDay(sandbox, how, random)
  const sent: string[] = []
  const processes = await Promise.all(
    pools.map(async (connection, index): Promise<Process> => {
      const stripe = createStripe('sk_test_sandbox', { fetch: index ? bad.staleFetch : bad.fetch })
      return {
        ...(await start({ config, connection, stripe, transporter: counting(sent), syncPace: AT_ONCE })),
        stripe,
      }
    }),
  )
  const stripe = createStripe('sk_test_sandbox', { fetch: sandbox.fetch })
  return {
    config,
    sandbox,
    stripe,
    calm,
    busy: pools[0]!,
    processes,
    random,
    historyIsOver: bad.historyIsOver,
    answerLate: bad.answerLate,
    calmStripe: bad.end,
    sent,
  }
}

/** Stripe as it is on a bad day: slow, so that reads overtake each other, and with errors. */
function badDay(sandbox: Sandbox, { live, slow, stale, failing }: Delivery, random: () => number) {
  let isBad = true
  let goesOn = live
  const late = Promise.withResolvers<void>()
  const wait = () => (isBad && slow > 0 ? pause(random() * slow) : undefined)
  const slowFetch: typeof fetch = async (...request) => {
    await wait()
    // The client would try again by itself, seconds later; here it is the queue that shall.
    if (isBad && random() * 100 < failing) {
      const error = { type: 'api_error', message: 'a bad day' }
      return Response.json({ error }, { status: 500, headers: { 'stripe-should-retry': 'false' } })
    }
    const answer = await sandbox.fetch(...request)
    await wait()
    return answer
  }
  return {
    historyIsOver: () => {
      goesOn = false
    },
    answerLate: () => late.resolve(),
    end: () => {
      isBad = false
      late.resolve()
    },
    fetch: slowFetch,
    staleFetch: (async (...request) => {
      const answer = await slowFetch(...request)
      if (goesOn && random() * 100 < stale) await late.promise
      return answer
    }) satisfies typeof fetch as typeof fetch,
  }
}

function counting(sent: string[]): Transporter {
  return createTransport({
    name: 'counting',
    version: '1',
    send(mail, done) {
      sent.push(mail.message.messageId())
      done(null, { envelope: mail.message.getEnvelope(), messageId: mail.message.messageId() })
    },
  }) as unknown as Transporter
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
