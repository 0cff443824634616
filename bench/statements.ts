import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { types } from '../src/db/connection.ts'
import type { Tables } from '../src/db/tables.ts'

export interface Statement {
  text: string
  values: unknown[]
}

/** A pool that writes down what is asked through it, so that the bare driver can ask the same afterwards. */
export function recordingPool(url: string) {
  const pool = quietPool(url)
  let statements: Statement[] = []
  const connect = async () => {
    const client = await pool.connect()
    const query = (text: string, values: unknown[] = []) => {
      statements.push({ text, values })
      return client.query(text, values)
    }
    return { query, release: () => client.release(), on: client.on.bind(client) }
  }
  const recording = { connect, end: () => pool.end() } as unknown as pg.Pool
  return {
    pool: recording,
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: recording }) }),
    close: () => pool.end(),
    /** What was asked since the last time. */
    taken(): Statement[] {
      const taken = statements
      statements = []
      return taken
    },
  }
}

/** Asks lists of statements, each list over one connection and in its order, by a bare pool of the app's size. */
export async function replay(
  url: string,
  concurrency: number,
  next: () => Statement[] | undefined,
): Promise<{ perSecond: number }> {
  const pool = quietPool(url)
  let lists = 0
  const one = async () => {
    for (let list = next(); list; list = next()) {
      const client = await pool.connect()
      for (const { text, values } of list) await client.query(text, values)
      client.release()
      lists++
    }
  }
  // Connections are made before the clock runs.
  const warm = await Promise.all(Array.from({ length: Math.min(10, concurrency) }, () => pool.connect()))
  for (const client of warm) client.release()
  const begun = performance.now()
  await Promise.all(Array.from({ length: concurrency }, one))
  const seconds = (performance.now() - begun) / 1000
  await pool.end()
  return { perSecond: lists / seconds }
}

/** Of the app's size. The database is dropped when the work is done, which is no reason to end. */
function quietPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 10, types })
  pool.on('error', () => {})
  return pool
}
