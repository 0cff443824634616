import type { Difference } from '../../db/tables.ts'
import { read } from '../read.ts'
import { type SyncDeps, sync } from '../sync.ts'
import { type BalanceCheck, checkBalance } from './balance-check.ts'
import { batches } from './batches.ts'
import { compare } from './compare.ts'
import { heal } from './heal.ts'
import { type Kind, kinds } from './kinds.ts'
import { looseEnds } from './loose-ends.ts'
import { patiently, type Say } from './patiently.ts'
import { beginRun, type Run, saveRun } from './runs.ts'
import { told } from './told.ts'

export interface ReconcileOptions {
  /** What Stripe made since then; null: all there ever was. */
  since: Date | null
  /** Only says what differs. */
  dryRun?: boolean
  say?: Say
}

export interface Reconciled {
  checked: number
  healed: number
  /** What is left, the first hundred; `unexplained` is how many there are. */
  differences: Difference[]
  unexplained: number
  balances: BalanceCheck[]
}

/**
 * Compares our tables with Stripe's own lists, object by object, and reads again what differs, through the same door that
 * webhooks use; then lays the sums beside Stripe's balance. Waits when Stripe asks it to, and goes on where it was when it
 * died. Nothing is ever deleted: what only we have is told. Throws Stripe's errors when it stays away.
 */
export async function reconcile(deps: SyncDeps, options: ReconcileOptions): Promise<Reconciled> {
  const { since, dryRun = false, say = () => {} } = options
  const run = await beginRun(deps.db, { since, dryRun })
  try {
    for (let i = run.progress.kind ?? 0; i < kinds.length; i++) await reconcileKind(deps, run, i, say)
    if (!dryRun) await tieLooseEnds(deps, run, say)
    const balances = await balancesOf(deps, run, say)
    await saveRun(deps.db, run, { finished: true })
    const { checked, healed, differences, unexplained } = run
    return { checked, healed, differences, unexplained, balances }
  } catch (error) {
    await saveRun(deps.db, run, { error: String(error) }).catch(() => {})
    throw error
  }
}

async function reconcileKind(deps: SyncDeps, run: Run, index: number, say: Say): Promise<void> {
  const kind = kinds[index]!
  const after = run.progress.kind === index ? run.progress.after : undefined
  let checked = 0
  for await (const batch of batches(deps.stripe, kind, { since: secondsOf(startOf(kind, run)), after, say })) {
    const differences = await compare(deps.db, kind, batch)
    const left = run.dryRun
      ? await confirmed(deps, differences, say)
      : await heal(deps, { kind, batch, differences, say })
    for (const one of left) say(told(one))
    run.checked += batch.objects.length
    run.healed += run.dryRun ? 0 : differences.length - left.length
    run.unexplained += left.length
    run.differences.push(...left.slice(0, 100))
    run.progress = { kind: index, after: batch.last }
    await saveRun(deps.db, run)
    checked += batch.objects.length
    if (batch.objects.length > 0) say(`${kind.name}: ${checked}`)
  }
  run.progress = { kind: index + 1 }
}

/** Without what came while Stripe's list was read. */
async function confirmed({ stripe }: SyncDeps, differences: Difference[], say: Say): Promise<Difference[]> {
  const left: Difference[] = []
  for (const one of differences) {
    const isThere = one.what === 'unknown to Stripe' && (await patiently(() => read(stripe, one.id), say))
    if (!isThere) left.push(one)
  }
  return left
}

/** Subscriptions live for years: a run that goes back a month reads all of them. */
function startOf(kind: Kind, { since }: Run): Date | null {
  const isLong = since !== null && Date.now() - since.getTime() >= MONTH_MS
  return kind.name === 'subscriptions' && isLong ? null : since
}

const MONTH_MS = 30 * 86_400_000 - 60_000

async function tieLooseEnds(deps: SyncDeps, run: Run, say: Say): Promise<void> {
  for (const id of await looseEnds(deps.db)) {
    await patiently(() => sync(deps, id), say)
    run.checked++
  }
}

/** Money may move between the two looks: what differs is brought up to date and looked at again. */
async function balancesOf(deps: SyncDeps, run: Run, say: Say): Promise<BalanceCheck[]> {
  for (let tries = 1; ; tries++) {
    const balances = await patiently(() => checkBalance(deps.db, deps.stripe), say)
    const agrees = balances.every(({ ours, stripes }) => ours === stripes)
    if (agrees || run.dryRun || tries === 3) return balances
    const [movements] = kinds
    const since = Math.floor(Date.now() / 1000) - 3600
    for await (const batch of batches(deps.stripe, movements!, { since, say })) {
      const differences = await compare(deps.db, movements!, batch)
      await heal(deps, { kind: movements!, batch, differences, say })
    }
  }
}

function secondsOf(date: Date | null): number {
  return date ? Math.floor(date.getTime() / 1000) : 0
}
