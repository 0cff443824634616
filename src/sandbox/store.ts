import type pg from 'pg'
import { Tx } from './tx.ts'

/** What the panel and the tests can switch on, to see whether the application minds. */
export interface Chaos {
  /** Each webhook comes two or three times. */
  duplicate: boolean
  /** Webhooks that are due together go out in any order. */
  reorder: boolean
  /** Milliseconds from an event to its first delivery. */
  delay: number
  /** Webhooks never come; the events still are in /v1/events. */
  lose: boolean
}

export const CALM: Chaos = { duplicate: false, reorder: false, delay: 0, lose: false }

export interface Settings {
  chaos: Chaos
  /** Milliseconds that the sandbox's clock is ahead of the computer's. */
  clock: number
}

/** The account that the sandbox plays. */
export interface Config {
  baseUrl: string
  settlementCurrency: string
  settleAfterMs: number
}

/** Who asked: it is printed on the events that come of it. Both null when time alone did it. */
export interface RequestInfo {
  id: string | null
  idempotency_key: string | null
}

const NOBODY: RequestInfo = { id: null, idempotency_key: null }

export class Store {
  readonly pool: pg.Pool
  readonly config: Config
  /** Called after a commit that made events, so that nobody waits for the next tick. */
  onEvents = () => {}

  constructor(pool: pg.Pool, config: Config) {
    this.pool = pool
    this.config = config
  }

  async read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(new Tx(this.pool, this.config, await this.settings(this.pool), NOBODY))
  }

  /** Everything in `work` and the events that it emits, or nothing. Never fetch inside: PGlite has this one connection. */
  async write<T>(work: (tx: Tx) => Promise<T>, request = NOBODY): Promise<T> {
    const client = await this.pool.connect()
    let emitted = 0
    try {
      await client.query('begin')
      const tx = new Tx(client, this.config, await this.settings(client), request)
      const result = await work(tx)
      emitted = await tx.flushEvents()
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    } finally {
      client.release()
      if (emitted) this.onEvents()
    }
  }

  async settings(db: pg.Pool | pg.PoolClient = this.pool): Promise<Settings> {
    const { rows } = await db.query<{ key: string; value: unknown }>('select key, value from sandbox.settings')
    const stored = Object.fromEntries(rows.map(({ key, value }) => [key, value])) as Partial<Settings>
    return { chaos: { ...CALM, ...stored.chaos }, clock: stored.clock ?? 0 }
  }

  async saveSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
    await this.pool.query(
      'insert into sandbox.settings values ($1, $2) on conflict (key) do update set value = excluded.value',
      [key, JSON.stringify(value)],
    )
  }

  async now(): Promise<number> {
    return Date.now() + (await this.settings()).clock
  }
}
