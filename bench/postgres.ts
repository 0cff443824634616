import pg from 'pg'
import { connectPostgres } from '../src/db/connection.ts'
import { createDatabase } from '../tests/support/postgres-databases.ts'
import { startPostgres } from '../tests/support/postgres-server.ts'
import { prepare } from '../tests/support/prepare.ts'

const TEMPLATE = 'bench_template'

export interface Databases {
  /** Postgres' own version. */
  version: string
  /** A new database with all tables in it. */
  fresh(): Promise<string>
  drop(url: string): Promise<void>
  stop(): Promise<void>
}

/**
 * A Postgres of our own, durable as in production: fsync and synchronous_commit are on, and each commit waits for the disk.
 * It has the memory of a small server.
 */
export async function openDatabases(): Promise<Databases> {
  const server = await startPostgres({
    durability: 'power cut',
    settings: {
      shared_buffers: '1GB',
      max_wal_size: '8GB',
      maintenance_work_mem: '512MB',
      shared_preload_libraries: 'pg_stat_statements',
    },
  })
  const template = connectPostgres(await createDatabase(server.url, TEMPLATE))
  await prepare(template)
  const { rows } = await template.pool.query('show server_version')
  await template.close()
  let made = 0
  return {
    version: rows[0].server_version,
    fresh: () => createDatabase(server.url, `bench_${++made}`, TEMPLATE),
    drop: (url) => ask(server.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`).then(() => {}),
    stop: server.stop,
  }
}

/** One statement over a connection of its own. */
export async function ask(url: string, text: string, values?: unknown[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client.query(text, values).finally(() => client.end())
}
