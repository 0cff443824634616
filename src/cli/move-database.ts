import type pg from 'pg'
import { ConfigError, type StripeMode } from '../config.ts'
import type { Connection } from '../db/connection.ts'
import { type Comparison, compareAll } from '../db/copy/compare.ts'
import { copyAll } from '../db/copy/copy.ts'
import { filledOf, query, type Table, tablesOf } from '../db/copy/tables.ts'
import { migrate } from '../db/migrate.ts'
import { keepStripeMode } from '../db/stripe-mode.ts'
import { type Jobs, startJobs } from '../jobs/queue.ts'
import { queueUnsent } from '../mail/outbox.ts'

export interface Move {
  source: Connection
  /** A Postgres without rows of this kit. */
  target: Connection
  /** Whose payments they are. */
  mode: StripeMode
  /** The sandbox's tables, which go along where they are what Stripe is. */
  createSandboxTables(pool: pg.Pool): Promise<void>
}

/**
 * Copies all that the kit keeps into another database and compares both, in one transaction: it is all there, or nothing is.
 * The queue is not copied but made anew, of the mail that waits; the inbox queues its events again by itself.
 * Returns what was compared. Throws a ConfigError when the target is not empty, or differs afterwards.
 */
export async function moveDatabase({ source, target, mode, createSandboxTables }: Move): Promise<Comparison[]> {
  await migrate(source.db)
  await keepStripeMode(source.db, mode)
  const withSandbox = mode === 'sandbox' && (await hasSandbox(source))
  const schemas = withSandbox ? ['public', 'sandbox'] : ['public']
  const tables = await tablesOf(source.db, schemas)
  await refuseUnlessUtf8(target)
  await refuseUnlessEmpty(target, tables)
  await migrate(target.db)
  if (withSandbox) await createSandboxTables(target.pool)
  await refuseUnlessAlike(target, tables, schemas)

  const jobs = await startJobs(target.pool, (error) => {
    throw error
  })
  return copyAndCompare({ source, target }, jobs, tables, schemas).finally(() => jobs.stop())
}

function copyAndCompare(
  { source, target }: Pick<Move, 'source' | 'target'>,
  jobs: Jobs,
  tables: Table[],
  schemas: string[],
): Promise<Comparison[]> {
  return source.db.transaction().execute((from) =>
    target.db.transaction().execute(async (to) => {
      await query(to, `lock table ${tables.map(({ name }) => name).join()} in share row exclusive mode`)
      await refuseUnlessEmpty({ db: to }, tables)
      await copyAll(from, to, tables, schemas)
      const compared = await compareAll(from, to, tables, schemas)
      const different = compared.filter(({ same }) => !same).map(({ table }) => table)
      if (different.length > 0) {
        throw new ConfigError(
          `Not moved: after the copy these differ: ${different.join(', ')}. DATABASE_URL is as empty as it was.`,
        )
      }
      await queueUnsent(jobs, to)
      return compared
    }),
  )
}

async function hasSandbox({ db }: Connection): Promise<boolean> {
  const [found] = await query<{ sandbox: boolean }>(db, `select to_regclass('sandbox.objects') is not null as sandbox`)
  return found?.sandbox ?? false
}

async function refuseUnlessUtf8({ db }: Connection): Promise<void> {
  const [encoding] = await query<{ server_encoding: string }>(db, 'show server_encoding')
  if (encoding?.server_encoding !== 'UTF8') {
    throw new ConfigError(`DATABASE_URL's encoding is ${encoding?.server_encoding}: make the database with UTF8.`)
  }
}

async function refuseUnlessEmpty({ db }: Pick<Connection, 'db'>, tables: Table[]): Promise<void> {
  const filled = await filledOf(db, tables)
  if (filled.length === 0) return
  throw new ConfigError(
    `DATABASE_URL already holds data of this kit (${filled.join(', ')}): move into an empty database.`,
  )
}

async function refuseUnlessAlike({ db }: Connection, tables: Table[], schemas: string[]): Promise<void> {
  const theirs = new Map((await tablesOf(db, schemas)).map((table) => [table.name, JSON.stringify(table.columns)]))
  const strange = tables.filter(({ name, columns }) => theirs.get(name) !== JSON.stringify(columns))
  if (strange.length === 0) return
  const names = strange.map(({ name }) => name).join(', ')
  throw new ConfigError(
    `DATABASE_URL and the embedded database differ in the columns of ${names}: use the same version of this kit.`,
  )
}
