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
  /** Of the API's requests the share, 0 to 1, that is answered with 429 … */
  rateLimit?: number
  /** … or 500, with nothing done … */
  fail?: number
  /** … or never. Half of these are done all the same. */
  hang?: number
  /** Chooses the same requests each time, in the order in which they come. */
  seed?: number
}

/** What becomes of a renewal that is not paid. */
export interface Dunning {
  /** Days from one failed attempt to the next. */
  retryDays: number[]
  /** After the last. */
  afterwards: 'cancel' | 'unpaid' | 'past_due'
}

const DUNNING: Dunning = { retryDays: [3, 5, 7], afterwards: 'cancel' }

export const CALM: Chaos = { duplicate: false, reorder: false, delay: 0, lose: false }

export interface Settings {
  chaos: Chaos
  dunning: Dunning
  /** Milliseconds that the sandbox's clock is ahead of the computer's. */
  clock: number
}

/** The account that the sandbox plays. */
export interface Config {
  baseUrl: string
  settlementCurrency: string
  settleAfterMs: number
  refundAfterMs: number
  disputeAfterMs: number
  payouts: 'manual' | 'daily'
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
  /** How many requests the seed has chosen from. */
  faultsDrawn = 0

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
    return { chaos: { ...CALM, ...stored.chaos }, clock: stored.clock ?? 0, dunning: { ...DUNNING, ...stored.dunning } }
  }

  async saveSetting<K extends keyof Settings>(key: K, value: Settings[K]): Promise<void> {
    if (key === 'chaos') this.faultsDrawn = 0
    await this.pool.query(
      'insert into sandbox.settings values ($1, $2) on conflict (key) do update set value = excluded.value',
      [key, JSON.stringify(value)],
    )
  }

  async now(): Promise<number> {
    return Date.now() + (await this.settings()).clock
  }
}
