import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>
export type Trx = Transaction<Tables>

export interface Connection {
  db: Db
  /** For the queue and the sandbox, which bring their own SQL. On PGlite it has one connection: never use it inside a transaction. */
  pool: pg.Pool
  /** All of it at one moment, as a .tar.gz. Only the embedded database: a real Postgres has pg_dump. */
  dump?(): Promise<Blob>
  close(): Promise<void>
}

/** Connects to a real Postgres. Connections are made when first needed, so this does not fail while the server is away. */
export function connectPostgres(
  connectionString: string,
  { max = 10, statementTimeoutMs }: { max?: number; statementTimeoutMs?: number } = {},
): Connection {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: 5_000,
    types,
    ...(statementTimeoutMs && { statement_timeout: statementTimeoutMs }),
    // A process that hangs in the middle of something must not hold its locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    application_name: 'first-paid-user',
  })
  return connectionOf(pool, () => pool.end())
}

export function connectionOf(pool: pg.Pool, close: () => Promise<void>): Connection {
  // An idle connection that dies (a restart of Postgres) must not take the process with it: the pool makes a new one.
  pool.on('error', () => {})
  // One that dies while it is in use rejects its query; unheard, its 'error' event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, close }
}

/**
 * int8 comes as text from pg. Our int8 columns hold minor units and counters, so a number is right as long as it is exact;
 * beyond 2^53 we refuse rather than round.
 */
export const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === pg.types.builtins.INT8 && format !== 'binary' ? exactInteger : pg.types.getTypeParser(oid, format)
  },
}

function exactInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} does not fit a number exactly`)
  return value
}
