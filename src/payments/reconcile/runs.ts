import { sql } from 'kysely'
import type { Db } from '../../db/connection.ts'
import type { Difference, ReconcileProgress } from '../../db/tables.ts'

// The latest are enough to see what is wrong.
const KEPT = 100

export interface Run {
  id: number
  since: Date | null
  dryRun: boolean
  progress: ReconcileProgress
  checked: number
  healed: number
  unexplained: number
  differences: Difference[]
}

/** Begins a run, or takes up one that died on the way and had the same to do. */
export async function beginRun(db: Db, { since, dryRun }: { since: Date | null; dryRun: boolean }): Promise<Run> {
  const row = (await deadRun(db, since, dryRun)) ?? (await newRun(db, since, dryRun))
  const { id, progress, checked, healed, unexplained, differences } = row
  return { id, since: row.since, dryRun, progress, checked, healed, unexplained, differences }
}

/** A run is alive while it says so every two minutes. One that looked back about as far is the same. */
function deadRun(db: Db, since: Date | null, dryRun: boolean) {
  return db
    .updateTable('reconciliations')
    .set({ seen_at: sql`now()`, error: null })
    .where('id', '=', ({ selectFrom }) =>
      selectFrom('reconciliations')
        .select('id')
        .where('finished_at', 'is', null)
        .where('dry_run', '=', dryRun)
        .where('started_at', '>', sql<Date>`now() - interval '1 day'`)
        .where('seen_at', '<', sql<Date>`now() - interval '2 minutes'`)
        .where(({ eb }) => (since ? eb('since', '<=', since) : eb('since', 'is', null)))
        .orderBy('started_at', 'desc')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst()
}

function newRun(db: Db, since: Date | null, dryRun: boolean) {
  return db.insertInto('reconciliations').values({ since, dry_run: dryRun }).returningAll().executeTakeFirstOrThrow()
}

/** Notes how far a run is: from here it is taken up if it dies. */
export async function saveRun(db: Db, run: Run, end: { finished?: boolean; error?: string } = {}): Promise<void> {
  const { id, progress, checked, healed, unexplained, differences } = run
  await db
    .updateTable('reconciliations')
    .set({
      progress: JSON.stringify(progress),
      checked,
      healed,
      unexplained,
      differences: JSON.stringify(differences.slice(0, KEPT)),
      seen_at: sql`now()`,
      error: end.error ?? null,
      ...(end.finished && { finished_at: sql<Date>`now()` }),
    })
    .where('id', '=', id)
    .execute()
}
