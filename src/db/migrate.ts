import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { ConfigError } from '../config.ts'
import type { Db } from './connection.ts'

const folder = new URL('../../migrations/', import.meta.url)

/**
 * Brings the database to this code's schema and returns the names of the steps that ran.
 * Safe with several processes starting at once: Kysely's migrator works under an advisory lock.
 * Throws the first step's error; that step is rolled back. Throws a ConfigError for a database that a newer version has moved
 * on, unless that is allowed: old code does not know what the new one wrote.
 */
export async function migrate(
  db: Db,
  { allowNewerDatabase = false }: { allowNewerDatabase?: boolean } = {},
): Promise<string[]> {
  if (await hasEveryStep(db, allowNewerDatabase)) return []
  const { error, results = [] } = await migratorOf(db).migrateToLatest()
  if (error) throw error
  return results.map((step) => step.migrationName)
}

/** The names of steps that this code has and the database has not. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const migrations = await migratorOf(db).getMigrations()
  return migrations.filter((step) => !step.executedAt).map((step) => step.name)
}

// What nearly every start finds, told by two short questions.
async function hasEveryStep(db: Db, allowNewer: boolean): Promise<boolean> {
  const exists = await sql<{ table: string | null }>`select to_regclass('kysely_migration') as table`.execute(db)
  if (!exists.rows[0]?.table) return false
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const done = new Set(rows.map(({ name }) => name))
  const known = Object.keys(await getMigrations())
  const newer = [...done].filter((name) => !known.includes(name))
  if (newer.length > 0 && !allowNewer) {
    throw new ConfigError(
      `This database was moved on by a newer version (${newer.join(', ')}): start that one. To go back all the same, read docs/upgrades.md and set ALLOW_NEWER_DATABASE=1.`,
    )
  }
  return known.every((name) => done.has(name))
}

function migratorOf(db: Db): Migrator {
  return new Migrator({ db, provider: { getMigrations } })
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(fileURLToPath(folder))).filter((file) => /^\d{4}_.*\.[jt]s$/.test(file))
  const steps = files.map(async (file) => [file.slice(0, -3), await import(new URL(file, folder).href)] as const)
  return Object.fromEntries(await Promise.all(steps))
}
