import { randomBytes } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { describe, inject, onTestFinished } from 'vitest'
import { type Connection, connectPostgres } from '../../src/db/connection.ts'
import { connectEmbedded } from '../../src/db/embedded.ts'
import { createDatabase, dropDatabase } from './postgres-databases.ts'
import { prepare } from './prepare.ts'

/** What a database test is given: as many fresh databases as it asks for, each migrated and empty. */
export interface TestDatabase {
  kind: 'PGlite' | 'Postgres'
  /** A migrated, empty database of this test's own; closed and removed when the test is over. */
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

// To start a PGlite takes 1 to 4 s, to make a used one as new 0.1 s.
const idle: PGlite[] = []

function pglite(): TestDatabase {
  return {
    kind: 'PGlite',
    async fresh() {
      const lite = idle.pop() ?? (await PGlite.create())
      const connection = connectEmbedded(lite)
      onTestFinished(async () => {
        await close(connection)
        await empty(lite)
        idle.push(lite)
      })
      await prepare(connection)
      return connection
    },
    get url(): string {
      throw new Error('PGlite has no address: a test that needs one belongs under onPostgres')
    },
  }
}

/** The session is as much a part of a PGlite as its tables: prepared statements and settings must go too. */
async function empty(lite: PGlite): Promise<void> {
  await lite.exec('rollback')
  await lite.exec('discard all')
  const { rows } = await lite.query<{ name: string }>(
    `select quote_ident(nspname) as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
  )
  await lite.exec(`${rows.map(({ name }) => `drop schema ${name} cascade;`).join('')} create schema public`)
}

function postgres(): TestDatabase {
  let url: string | undefined
  return {
    kind: 'Postgres',
    async fresh() {
      const server = inject('postgres')
      const name = `${server.template}_${randomBytes(6).toString('hex')}`
      url = await createDatabase(server.url, name, server.template)
      const connection = connectPostgres(url)
      onTestFinished(async () => {
        await close(connection)
        await dropDatabase(server.url, name)
      })
      return connection
    },
    get url() {
      if (!url) throw new Error('call fresh() first')
      return url
    },
  }
}

/** A test may have closed it already. */
async function close(connection: Connection): Promise<void> {
  if (!connection.pool.ending) await connection.close()
}
