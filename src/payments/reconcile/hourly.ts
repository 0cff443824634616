import type { SyncDeps } from '../sync.ts'
import { type Reconciled, reconcile } from './reconcile.ts'

const DAYS_BACK = 3

/** The last three days; the first time, all there ever was. Run every hour, by one process. */
export async function reconcileLately(deps: SyncDeps): Promise<Reconciled> {
  const whole = await deps.db
    .selectFrom('reconciliations')
    .select('id')
    .where('since', 'is', null)
    .where('dry_run', '=', false)
    .where('finished_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return reconcile(deps, { since: whole ? new Date(Date.now() - DAYS_BACK * 86_400_000) : null })
}
