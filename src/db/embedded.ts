import { access, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'
import { ConfigError } from '../config.ts'
import { type Connection, connectionOf, types } from './connection.ts'
import { lockDirectory } from './directory-lock.ts'

export const DATABASE_FOLDER = 'postgres'

export interface Embedded extends Connection {
  dump(): Promise<Blob>
}

/**
 * Opens the embedded Postgres (PGlite) in `dataDir`, through the same driver as a real one.
 * It never calls fsync: a killed process loses nothing, a power cut may. Production uses a real Postgres.
 * Throws DirectoryInUse when another process has it, or the file system's error when the directory can't be used.
 */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(dataDir)
  try {
    const lite = await PGlite.create(await ownFolder(join(dataDir, DATABASE_FOLDER)))
    const connection = connectEmbedded(lite)
    const close = async () => {
      await connection.close()
      await lite.close()
      await lock.release()
    }
    return { ...connection, dump: () => dump(lite, connection), close }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** For this user alone, whoever may enter the folder around it: PGlite makes its files readable to all. */
async function ownFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  return folder
}

/** The same, where making an empty database would be a mistake. Throws a ConfigError when there is none. */
export async function openExisting(dataDir: string): Promise<Embedded> {
  await access(join(dataDir, DATABASE_FOLDER)).catch(() => {
    throw new ConfigError(`There is no embedded database in ${dataDir}: set DATA_DIR to the folder that has it.`)
  })
  return openEmbedded(dataDir)
}

/** Makes a database of an unpacked dump in `folder`, and opens it, without a lock. Throws when it is none. */
export async function unpackEmbedded(tar: Uint8Array<ArrayBuffer>, folder: string): Promise<Connection> {
  const lite = await PGlite.create(await ownFolder(folder), {
    loadDataDir: new Blob([tar], { type: 'application/x-tar' }),
  })
  const connection = connectEmbedded(lite)
  const close = async () => {
    await connection.close()
    await lite.close()
  }
  return { ...connection, close }
}

async function dump(lite: PGlite, { pool }: Connection): Promise<Blob> {
  // PGlite would dump between any two statements. Who holds the only connection knows that no transaction is half done.
  const client = await pool.connect()
  try {
    await client.query('checkpoint')
    return await lite.dumpDataDir('gzip')
  } finally {
    client.release()
  }
}

/** Through one session, since PGlite has no more. Closing the connection leaves `lite` to the caller. */
export function connectEmbedded(lite: PGlite): Connection {
  // A second connection would run inside whatever transaction is open on the first.
  const pool = new pg.Pool({ ...createPgConfig(lite), max: 1, types })
  return connectionOf(pool, () => pool.end())
}
