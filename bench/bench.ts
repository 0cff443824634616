import type { Databases } from './postgres.ts'
import type { Result } from './result.ts'
import type { Recording } from './world/record.ts'
import type { World } from './world/world.ts'

/** What each benchmark works with. */
export interface Bench {
  databases: Databases
  recording: Recording
  world: World
  /** Says what it is at, since some take minutes. */
  say(text: string): void
}

export type Benchmark = (bench: Bench) => Promise<Result[]>
