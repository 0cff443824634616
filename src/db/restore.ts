import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { sql } from 'kysely'
import { ConfigError, type StripeMode } from '../config.ts'
import type { Connection } from './connection.ts'
import { lockDirectory } from './directory-lock.ts'
import { DATABASE_FOLDER, unpackEmbedded } from './embedded.ts'
import { type Holdings, holdingsOf } from './holdings.ts'
import { migrate } from './migrate.ts'
import { keepStripeMode } from './stripe-mode.ts'

export interface Restored {
  holdings: Holdings
  /** Where the database that was there has gone. */
  movedTo: string | undefined
}

/**
 * Makes the embedded database in `dataDir` anew from a backup, in this code's schema. A file that is no backup, or one of
 * another Stripe's payments, is a ConfigError and changes nothing; so does an app that runs there (DirectoryInUse).
 */
export async function restoreEmbedded(dataDir: string, file: string, mode: StripeMode): Promise<Restored> {
  const tar = await unzip(file)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = await lockDirectory(dataDir)
  const unpacked = join(dataDir, 'restoring')
  try {
    // What a killed restore has left.
    await rm(unpacked, { recursive: true, force: true })
    const holdings = await unpack(tar, unpacked, file, mode)
    return { holdings, movedTo: await putInPlace(dataDir, unpacked) }
  } finally {
    await rm(unpacked, { recursive: true, force: true })
    await lock.release()
  }
}

async function unzip(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const zipped = await readFile(file).catch(({ code }) => {
    throw new ConfigError(`${file} can't be read (${code}).`)
  })
  return promisify(gunzip)(zipped).catch(() => {
    throw new ConfigError(`${file} is damaged, incomplete, or not a .tar.gz. Nothing was changed.`)
  })
}

async function unpack(tar: Uint8Array<ArrayBuffer>, folder: string, file: string, mode: StripeMode): Promise<Holdings> {
  const notOurs = new ConfigError(`${file} is not a backup of this kit's database. Nothing was changed.`)
  // PGlite takes any archive, and makes of one that is no database something that can't be caught.
  if (!contentOf(tar, 'PG_VERSION')) throw notOurs
  const connection = await unpackEmbedded(tar, folder).catch((error) => {
    throw new ConfigError(`${file} can't be opened as a database (${error}). Nothing was changed.`, { cause: error })
  })
  try {
    if (!(await isOurs(connection))) throw notOurs
    await migrate(connection.db)
    await keepStripeMode(connection.db, mode)
    return await holdingsOf(connection.db)
  } finally {
    await connection.close()
  }
}

/** A file in a tar: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function contentOf(tar: Uint8Array<ArrayBuffer>, wanted: string): string | undefined {
  const text = (from: number, length: number) =>
    Buffer.from(tar.subarray(from, from + length))
      .toString('latin1')
      .replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && text(at + 257, 5) === 'ustar'; ) {
    const size = Number.parseInt(text(at + 124, 12), 8)
    if (text(at, 100).replace(/^\.?\//, '') === wanted) return text(at + 512, size)
    at += 512 + Math.ceil(size / 512) * 512
  }
}

async function isOurs({ db }: Connection): Promise<boolean> {
  const { rows } = await sql<{ ours: boolean }>`
    select to_regclass('public.kysely_migration') is not null and to_regclass('public.payments') is not null as ours
  `.execute(db)
  return rows[0]?.ours ?? false
}

async function putInPlace(dataDir: string, unpacked: string): Promise<string | undefined> {
  const database = join(dataDir, DATABASE_FOLDER)
  const aside = `${database}-until-${stamp(new Date())}`
  const movedTo = await rename(database, aside).then(
    () => aside,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    },
  )
  await rename(unpacked, database)
  return movedTo ?? undefined
}

/** "20261231T235959Z": a moment, in UTC, as part of a file's name. */
export function stamp(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
