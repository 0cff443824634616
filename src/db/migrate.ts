import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Db } from './connection.ts'

const folder = new URL('../../migrations/', import.meta.url)

/**
 * Brings the database to this code's schema and returns the names of the steps that ran.
 * Safe with several processes starting at once: Kysely's migrator works under an advisory lock.
 * Throws the first step's error; that step is rolled back.
 */
export async function migrate(db: Db): Promise<string[]> {
  if (await hasEveryStep(db)) return []
  const { error, results = [] } = await migratorOf(db).migrateToLatest()
  if (error) throw error
  return results.map((step) => step.migrationName)
}

/** The names of steps that this code has and the database has not. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const migrations = await migratorOf(db).getMigrations()
  return migrations.filter((step) => !step.executedAt).map((step) => step.name)
}

// What nearly every start finds, told by two short questions; a database that a newer version has moved on is no problem either.
async function hasEveryStep(db: Db): Promise<boolean> {
  const exists = await sql<{ table: string | null }>`select to_regclass('kysely_migration') as table`.execute(db)
  if (!exists.rows[0]?.table) return false
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const done = new Set(rows.map(({ name }) => name))
  return Object.keys(await getMigrations()).every((name) => done.has(name))
}

function migratorOf(db: Db): Migrator {
  return new Migrator({ db, provider: { getMigrations } })
}

async function getMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(fileURLToPath(folder))).filter((file) => /^\d{4}_.*\.[jt]s$/.test(file))
  const steps = files.map(async (file) => [file.slice(0, -3), await import(new URL(file, folder).href)] as const)
  return Object.fromEntries(await Promise.all(steps))
}
