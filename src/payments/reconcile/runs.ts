import { sql } from 'kysely'
import type { Db, Trx } from '../../db/connection.ts'
import type { Difference, ReconcileProgress } from '../../db/tables.ts'

const BEAT_MS = 20_000

export interface Run {
  id: number
  since: Date | null
  dryRun: boolean
  startedAt: Date
  /** It died on the way, and goes on from there. */
  isTakenUp: boolean
  progress: ReconcileProgress
  checked: number
  healed: number
  unexplained: number
  differences: Difference[]
}

/** Another process is at it. */
export class ReconcileUnderWay extends Error {
  constructor() {
    super('another comparison with Stripe is under way: wait for it')
  }
}

/**
 * Begins a run, or takes up one that died on the way and had the same to do. One at a time, among all processes: throws
 * ReconcileUnderWay.
 */
export function beginRun(db: Db, { since, dryRun }: { since: Date | null; dryRun: boolean }): Promise<Run> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('reconcile'))`.execute(trx)
    if (await isUnderWay(trx)) throw new ReconcileUnderWay()
    const dead = await takeUp(trx, since, dryRun)
    const row = dead ?? (await newRun(trx, since, dryRun))
    const { id, progress, checked, healed, unexplained, differences, started_at } = row
    const counts = { checked, healed, unexplained, differences }
    return { id, since: row.since, dryRun, startedAt: started_at, isTakenUp: dead !== undefined, progress, ...counts }
  })
}

/** A run is alive while it says so, every twenty seconds. */
const isAlive = sql<boolean>`finished_at is null and error is null and seen_at > now() - interval '2 minutes'`

async function isUnderWay(trx: Trx): Promise<boolean> {
  return (await trx.selectFrom('reconciliations').select('id').where(isAlive).executeTakeFirst()) !== undefined
}

/** Of the last day, one that looked back about as far. */
function takeUp(trx: Trx, since: Date | null, dryRun: boolean) {
  return trx
    .updateTable('reconciliations')
    .set({ seen_at: sql`now()`, error: null })
    .where('id', '=', ({ selectFrom }) =>
      selectFrom('reconciliations')
        .select('id')
        .where('finished_at', 'is', null)
        .where('dry_run', '=', dryRun)
        .where('started_at', '>', sql<Date>`now() - interval '1 day'`)
        .where(({ eb }) =>
          since
            ? eb.and([eb('since', '<=', since), eb('since', '>', new Date(since.getTime() - 86_400_000))])
            : eb('since', 'is', null),
        )
        .orderBy('started_at', 'desc')
        .limit(1),
    )
    .returningAll()
    .executeTakeFirst()
}

function newRun(trx: Trx, since: Date | null, dryRun: boolean) {
  return trx.insertInto('reconciliations').values({ since, dry_run: dryRun }).returningAll().executeTakeFirstOrThrow()
}

/** Says that the run is alive, until it is stopped. */
export function keepAlive(db: Db, { id }: Run): () => void {
  const beat = () =>
    db
      .updateTable('reconciliations')
      .set({ seen_at: sql`now()` })
      .where('id', '=', id)
      .execute()
      .catch(() => {})
  const timer = setInterval(beat, BEAT_MS).unref()
  return () => clearInterval(timer)
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
      differences: JSON.stringify(differences),
      seen_at: sql`now()`,
      error: end.error ?? null,
      ...(end.finished && { finished_at: sql<Date>`now()` }),
    })
    .where('id', '=', id)
    .execute()
}
