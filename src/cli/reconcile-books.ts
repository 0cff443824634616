import { type Reconciled, type ReconcileOptions, reconcile } from '../payments/reconcile/reconcile.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { mendRollups } from '../revenue/rollups.ts'
import { tell } from './told.ts'

/** Payments and movements beside Stripe's, then the sums of the days beside the movements. */
export async function reconcileBooks(deps: SyncDeps, options: ReconcileOptions): Promise<Reconciled> {
  const result = await reconcile(deps, options)
  const days = await mendRollups(deps.db, deps.config.timeZone, options.dryRun)
  if (days.length > 0) options.say?.(`days that were summed up wrongly: ${days.join(', ')}`)
  return options.dryRun ? { ...result, unexplained: result.unexplained + days.length } : result
}

/** The same for a command that waits at the other end of a socket. */
export function reconcileFor(deps: SyncDeps, query: Record<string, string>): ReadableStream<Uint8Array> {
  const since = query.since ? new Date(query.since) : null
  return tell((say) => reconcileBooks(deps, { since, dryRun: query.dryRun === 'true', say }))
}
