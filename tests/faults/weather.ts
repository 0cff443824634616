import { setTimeout as pause } from 'node:timers/promises'
import type { PostgresServer } from '../support/postgres-server.ts'
import { between, inTurns, type Random } from '../support/seeded.ts'
import type { AppProcess } from './app-process.ts'
import { mailTroubles, type PostOffice } from './post-office.ts'
import { type BadStripe, stripeTroubles } from './stripe-on-a-bad-day.ts'

interface Things {
  processes: AppProcess[]
  postgres: PostgresServer
  stripe: BadStripe
  post: PostOffice
  random: Random
}

type Faults = Record<string, () => Promise<unknown>>

/** Brings about one fault after the other in each of four places at once, until `isOver`. Returns how many of each. */
export async function badWeather(things: Things, isOver: () => boolean): Promise<Record<string, number>> {
  const { random } = things
  const counts: Record<string, number> = {}
  const lane = async (faults: Faults, pauses: [number, number]) => {
    for (const name of inTurns(random, Object.keys(faults))) {
      await pause(between(random, ...pauses))
      if (isOver()) return
      counts[name] = (counts[name] ?? 0) + 1
      await faults[name]!()
    }
  }
  await Promise.all([
    lane(ofMachines(things), [2500, 6000]),
    lane(ofStripe(things), [1000, 4000]),
    lane(ofMail(things), [500, 3000]),
    lane(ofWebhooks(things), [0, 1000]),
  ])
  return counts
}

function ofMachines({ processes, postgres, random }: Things): Faults {
  const killed = async (process: AppProcess) => {
    await process.kill()
    await pause(between(random, 0, 1500))
    await process.start()
  }
  const replaced = async (process: AppProcess) => {
    await process.stop()
    await process.start()
  }
  const [a, b] = processes as [AppProcess, AppProcess]
  return {
    'kill -9 of process A': () => killed(a),
    'kill -9 of process B': () => killed(b),
    'kill -9 of both': () => Promise.all([killed(a), killed(b)]),
    'SIGTERM of a process': () => replaced(random() < 0.5 ? a : b),
    'crash of Postgres': () => postgres.crash(between(random, 0, 2500)),
  }
}

function ofStripe({ stripe, random }: Things): Faults {
  return Object.fromEntries(
    stripeTroubles.map((kind) => [
      `Stripe ${kind}`,
      async () => {
        stripe.begin(kind, random() < 0.3 ? 1 : 0.4)
        await pause(between(random, 1000, 3500))
        stripe.end()
      },
    ]),
  )
}

function ofMail({ post, random }: Things): Faults {
  return Object.fromEntries(
    mailTroubles.map((kind) => [
      `mail server ${kind}`,
      async () => {
        post.begin(kind)
        await pause(between(random, 1500, 5000))
        post.end()
      },
    ]),
  )
}

function ofWebhooks({ stripe: { sandbox }, random }: Things): Faults {
  const days = {
    lost: { lose: true },
    'twice and thrice': { duplicate: true },
    'in any order': { reorder: true },
    late: { delay: 1500 },
  }
  return Object.fromEntries(
    Object.entries(days).map(([name, chaos]) => [
      `webhooks ${name}`,
      async () => {
        await sandbox.chaos.set(chaos)
        await pause(between(random, 2000, 5000))
        await sandbox.chaos.set({ lose: false, duplicate: false, reorder: false, delay: 0 })
      },
    ]),
  )
}
