import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'
import { type Connection, connectionOf, types } from './connection.ts'
import { lockDirectory } from './directory-lock.ts'

/**
 * Opens the embedded Postgres (PGlite) in `dataDir`, through the same driver as a real one.
 * It never calls fsync: a killed process loses nothing, a power cut may. Production uses a real Postgres.
 * Throws DirectoryInUse when another process has it, or the file system's error when the directory can't be used.
 */
export async function openEmbedded(dataDir: string): Promise<Connection> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(dataDir)
  try {
    const lite = await PGlite.create(join(dataDir, 'postgres'))
    const connection = connectEmbedded(lite)
    const close = async () => {
      await connection.close()
      await lite.close()
      await lock.release()
    }
    return { ...connection, close }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Through one session, since PGlite has no more. Closing the connection leaves `lite` to the caller. */
export function connectEmbedded(lite: PGlite): Connection {
  // A second connection would run inside whatever transaction is open on the first.
  const pool = new pg.Pool({ ...createPgConfig(lite), max: 1, types })
  return connectionOf(pool, () => pool.end())
}
