import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { TestProject } from 'vitest/node'
import { connectPostgres } from '../../src/db/connection.ts'
import { connectEmbedded } from '../../src/db/embedded.ts'
import { createDatabase, dropCopies } from './postgres-databases.ts'
import { startPostgres } from './postgres-server.ts'
import { prepare } from './prepare.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, and the migrated database that each test's own is a copy of. */
    postgres: { url: string; template: string }
    /** The file that each PGlite is a copy of. */
    pglite: string
  }
}

/** Vitest's global set-up: one real Postgres for the whole run, and an image of PGlite. Without them the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stopPostgres = await setUpPostgres(project)
  // Not beside it: PGlite holds this thread for seconds, long enough for a connection to Postgres to time out.
  const removeImage = await setUpPGlite(project).catch(async (error) => {
    await stopPostgres()
    throw error
  })
  return async () => {
    await removeImage()
    await stopPostgres()
  }
}

/** The Postgres of a run alone. */
export async function setUpPostgres(project: TestProject): Promise<() => Promise<void>> {
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
    await dropCopies(server.url, template)
    await server.stop()
  }
}

async function setUpPGlite(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'first-paid-user-pglite-'))
  const lite = await PGlite.create()
  const connection = connectEmbedded(lite)
  await prepare(connection).finally(() => connection.close())
  const image = await lite.dumpDataDir('none')
  await lite.close()
  const file = join(folder, 'image.tar')
  await writeFile(file, Buffer.from(await image.arrayBuffer()))
  project.provide('pglite', file)
  return () => rm(folder, { recursive: true })
}
