import { access } from 'node:fs/promises'
import { sql } from 'kysely'
import { pendingMigrations } from '../db/migrate.ts'
import { type Check, findings, type Patient } from './check.ts'
import { databaseWords } from './database-words.ts'

const OLDEST_POSTGRES = 15
const CLOCK_WARNING_MS = 2_000
// Stripe's signatures are refused when they are five minutes off.
const CLOCK_FAILED_MS = 60_000
const GB = 1e9

const { ok, warning, failed, skipped } = findings(databaseWords)

export const databaseChecks: Check[] = [
  { name: 'database', run: answers },
  { name: 'database version', needs: ['database'], run: version },
  { name: 'database migrations', needs: ['database'], run: migrations },
  { name: 'database holds', needs: ['database', 'database migrations'], run: holds },
  { name: 'database clock', needs: ['database'], run: clock },
  { name: 'database disk', needs: ['database'], run: disk },
]

async function answers({ db, dbProblem, config, missing }: Patient) {
  if (missing.has('DATABASE_URL')) return skipped((t) => t.notSet)
  if (dbProblem) return failed((t) => t.away(dbProblem))
  if (!db) return skipped((t) => t.noneYet)
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    const why = (error as Error).message || String((error as NodeJS.ErrnoException).code)
    return failed(
      (t) => t.away(why),
      (t) => t.awayMend,
    )
  }
  if (config.databaseUrl) return ok((t) => t.answers)
  return warning(
    (t) => t.embedded(config.dataDir),
    (t) => t.embeddedMend,
  )
}

async function version({ db }: Patient) {
  const number = await one<number>(db, sql`current_setting('server_version_num')::int`)
  const major = Math.floor(number / 10_000)
  if (major >= OLDEST_POSTGRES) return ok((t) => t.version(major))
  return failed(
    (t) => t.old(major),
    (t) => t.oldMend(OLDEST_POSTGRES),
  )
}

async function migrations({ db }: Patient) {
  const pending = await pendingMigrations(db!)
  if (pending.length === 0) return ok((t) => t.migrated)
  return failed(
    (t) => t.pending(pending.join(', ')),
    (t) => t.pendingMend,
  )
}

/** Whose payments are in it: see src/db/stripe-mode.ts. */
async function holds({ db, config, missing }: Patient) {
  const kept = await db!.selectFrom('installation').select('stripe_mode').executeTakeFirst()
  if (!kept || missing.has('STRIPE_SECRET_KEY')) return ok((t) => t.holdsNone)
  const { mode } = config.stripe
  if (kept.stripe_mode === mode) return ok((t) => t.holds[mode])
  return failed(
    (t) => t.holdsOther(t.holds[kept.stripe_mode]),
    (t) => t.holdsMend,
  )
}

async function clock({ db, world }: Patient) {
  const before = world.now()
  const theirs = await one<Date>(db, sql`clock_timestamp()`)
  // It may have been read at either end of the way.
  const after = world.now()
  const off = Math.max(before - theirs.getTime(), theirs.getTime() - after, 0)
  if (off < CLOCK_WARNING_MS) return ok((t) => t.clock)
  return (off < CLOCK_FAILED_MS ? warning : failed)(
    (t) => t.clockOff(Math.round(off / 1000)),
    (t) => t.clockMend,
  )
}

async function disk({ db, config, world }: Patient) {
  const folder = config.databaseUrl ? await localFolder(config.databaseUrl, db) : config.dataDir
  if (!folder) return skipped((t) => t.diskElsewhere)
  const free = await world.freeBytes(folder)
  const left = `${(free / GB).toFixed(1)} GB`
  if (free >= GB) return ok((t) => t.disk(left))
  return (free >= GB / 5 ? warning : failed)(
    (t) => t.disk(left),
    (t) => t.diskMend,
  )
}

/** Where a Postgres on this machine keeps its data; undefined when it is elsewhere, or does not say. */
async function localFolder(url: string, db: Patient['db']): Promise<string | undefined> {
  if (!/^(localhost|127\.0\.0\.1|\[::1\]|)$/.test(new URL(url).hostname)) return undefined
  try {
    const folder = await one<string>(db, sql`current_setting('data_directory')`)
    await access(folder)
    return folder
  } catch {
    return undefined
  }
}

async function one<T>(db: Patient['db'], what: ReturnType<typeof sql>): Promise<T> {
  const { rows } = await sql<{ value: T }>`select ${what} as value`.execute(db!)
  return rows[0]!.value
}
