import { randomBytes } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { connectPostgres } from '../../src/db/connection.ts'
import { createDatabase, dropDatabase } from './postgres-databases.ts'
import { startPostgres } from './postgres-server.ts'
import { prepare } from './prepare.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, and the migrated database that each test's own is a copy of. */
    postgres: { url: string; template: string }
  }
}

/** Vitest's global set-up: one real Postgres for the whole run. Without one the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startPostgres()
  const template = `first_paid_user_test_${randomBytes(4).toString('hex')}`
  try {
    const connection = connectPostgres(await createDatabase(server.url, template))
    await prepare(connection).finally(() => connection.close())
  } catch (error) {
    await server.stop()
    throw given ? new Error(`TEST_DATABASE_URL can't be used: ${error}`, { cause: error }) : error
  }
  project.provide('postgres', { url: server.url, template })
  return async () => {
    await dropDatabase(server.url, template)
    await server.stop()
  }
}
