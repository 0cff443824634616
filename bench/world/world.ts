import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Recording } from './record.ts'
import type { Counts, Order } from './server.ts'

export interface World {
  stripe: number
  smtp: number
  /** How long Stripe takes for an answer. */
  answersAfter(ms: number): void
  /** Lets Stripe keep its answers to itself until it is told otherwise. */
  holds(answers: boolean): void
  /** What has come since the last time. */
  counts(): Promise<Counts>
  close(): void
}

/** Starts Stripe and the mail server. */
export async function openWorld(recording: Recording): Promise<World> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: [] })
  const tell = (order: Order) => child.send(order)
  const [ports] = (await once(child, 'message')) as [{ stripe: number; smtp: number }]
  tell({ recording })
  return {
    ...ports,
    answersAfter: (answersAfterMs) => tell({ answersAfterMs }),
    holds: (answers) => tell({ holds: answers }),
    async counts() {
      const told = once(child, 'message')
      tell({ counts: 'please' })
      return (await told)[0] as Counts
    },
    close: () => child.kill(),
  }
}
