import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import type pg from 'pg'
import { describe, inject, onTestFinished } from 'vitest'
import { type Connection, connectPostgres } from '../../src/db/connection.ts'
import { connectEmbedded } from '../../src/db/embedded.ts'
import { emptied, rememberTables } from './emptied.ts'
import { createDatabase } from './postgres-databases.ts'

/** What a database test is given: as many fresh databases as it asks for, each migrated and empty. */
export interface TestDatabase {
  kind: 'PGlite' | 'Postgres'
  /** A migrated, empty database of this test's own; closed and emptied when the test is over. */
  fresh(): Promise<Connection>
  /** Where the latest fresh database is, for a second process or pool onto it. Only on Postgres. */
  readonly url: string
}

/** Tells the same stories twice: "… (PGlite)", as in development, and "… (Postgres)", as in production. */
export function onBothDatabases(name: string, tests: (database: TestDatabase) => void): void {
  describe(`${name} (PGlite)`, () => tests(pglite()))
  onPostgres(name, tests)
}

/** For what only a real server can do: several processes, connections that are cut, waiting for each other's locks. */
export function onPostgres(name: string, tests: (database: TestDatabase) => void): void {
  describe(`${name} (Postgres)`, () => tests(postgres()))
}

// To start a PGlite takes seconds, to connect to a Postgres ten times a fifth of one; a used one is all but free.
const idleLites: PGlite[] = []
const idleConnections: { connection: Connection; url: string }[] = []

function pglite(): TestDatabase {
  return {
    kind: 'PGlite',
    async fresh() {
      const lite = idleLites.pop() ?? (await copyOfPGlite())
      const connection = connectEmbedded(lite)
      onTestFinished(async () => {
        if (!connection.pool.ending) await connection.close()
        // The session is as much a part of a PGlite as its tables: prepared statements and settings must go too.
        await lite.exec('rollback')
        await lite.exec('discard all')
        if (await emptied((text) => lite.query(text))) idleLites.push(lite)
        else await lite.close()
      })
      return connection
    },
    get url(): string {
      throw new Error('PGlite has no address: a test that needs one belongs under onPostgres')
    },
  }
}

function postgres(): TestDatabase {
  let latest: string | undefined
  return {
    kind: 'Postgres',
    async fresh() {
      const one = idleConnections.pop() ?? (await copyOfTemplate())
      const { connection, url } = one
      latest = url
      onTestFinished(async () => {
        if (connection.pool.ending) return
        if ((await asNew(connection.pool)) && (await emptied((text) => connection.pool.query(text))))
          idleConnections.push(one)
        else await connection.close()
      })
      return connection
    },
    get url() {
      if (!latest) throw new Error('call fresh() first')
      return latest
    },
  }
}

async function copyOfPGlite(): Promise<PGlite> {
  const image = await readFile(inject('pglite'))
  const lite = await PGlite.create({ loadDataDir: new Blob([image]) })
  await rememberTables((text) => lite.query(text))
  return lite
}

async function copyOfTemplate(): Promise<{ connection: Connection; url: string }> {
  const server = inject('postgres')
  const url = await createDatabase(server.url, `${server.template}_${randomBytes(6).toString('hex')}`, server.template)
  const connection = connectPostgres(url)
  await rememberTables((text) => connection.pool.query(text))
  return { connection, url }
}

// The rate limiter's own, the same in every test.
const strangeStatements = `select from pg_prepared_statements where name not like 'rate_limits:%'`

/** Resets every session of a pool; false when one is still at work, or has statements by name, which pg remembers. */
async function asNew(pool: pg.Pool): Promise<boolean> {
  if (pool.idleCount < pool.totalCount) return false
  const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()))
  try {
    for (const client of clients) await client.query('rollback; reset all')
    const statements = await Promise.all(clients.map((client) => client.query(strangeStatements)))
    return statements.every(({ rowCount }) => rowCount === 0)
  } catch {
    return false // a connection that the test has cut
  } finally {
    for (const client of clients) client.release()
  }
}
