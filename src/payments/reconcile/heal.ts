import type { Difference } from '../../db/tables.ts'
import { type SyncDeps, sync } from '../sync.ts'
import type { Batch } from './batches.ts'
import { compare } from './compare.ts'
import type { Kind } from './kinds.ts'
import { patiently, type Say } from './patiently.ts'

/**
 * Reads again what differs, through the one door that webhooks use, and compares once more.
 * Returns what is left: what Stripe does not know, what another app made, what could not be read.
 */
export async function heal(
  deps: SyncDeps,
  { kind, batch, differences, say }: { kind: Kind; batch: Batch; differences: Difference[]; say: Say },
): Promise<Difference[]> {
  const left: Difference[] = []
  for (const difference of differences) {
    const { id, what } = difference
    const error = await readAgain(deps, id, say)
    if (error) left.push({ ...difference, error })
    // Stripe's list was older than our row: it is there.
    else if (what !== 'unknown to Stripe') left.push(...(await stillDiffers(deps, kind, batch, difference)))
  }
  return left
}

async function readAgain(deps: SyncDeps, id: string, say: Say): Promise<string | undefined> {
  try {
    const reading = await patiently(() => sync(deps, id), say)
    return reading ? undefined : 'Stripe does not know it'
  } catch (error) {
    return String(error)
  }
}

async function stillDiffers({ db }: SyncDeps, kind: Kind, batch: Batch, { id }: Difference): Promise<Difference[]> {
  const objects = batch.objects.filter((object) => object.id === id)
  const after = await compare(db, kind, { objects })
  // What changed at Stripe since it was listed is newer in our tables, and right.
  return after.filter(({ what }) => what === 'missing')
}
