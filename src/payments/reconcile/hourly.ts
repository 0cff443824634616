import { sql } from 'kysely'
import type { Db } from '../../db/connection.ts'
import type { SyncDeps } from '../sync.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import { ReconcileUnderWay } from './runs.ts'

const DAY_MS = 86_400_000

/**
 * The last three days; once a day the last thirty, and every subscription; the first time, all there ever was. Run every
 * hour, by any process: undefined when another is at it.
 */
export async function reconcileLately(deps: SyncDeps): Promise<Reconciled | undefined> {
  try {
    return await reconcile(deps, { since: await sinceWhen(deps.db) })
  } catch (error) {
    if (error instanceof ReconcileUnderWay) return undefined
    throw error
  }
}

async function sinceWhen(db: Db): Promise<Date | null> {
  const { rows } = await sql<{ whole: boolean; month: boolean }>`
    select coalesce(bool_or(since is null), false) as whole,
      coalesce(bool_or(started_at > now() - interval '1 day'
        and (since is null or since < started_at - interval '29 days')), false) as month
    from reconciliations where finished_at is not null and not dry_run
  `.execute(db)
  const { whole, month } = rows[0]!
  if (!whole) return null
  return new Date(Date.now() - (month ? 3 : 30) * DAY_MS)
}
