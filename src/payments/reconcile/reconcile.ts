import type { Difference } from '../../db/tables.ts'
import { read } from '../read.ts'
import { isStripeDown } from '../stripe.ts'
import { type SyncDeps, sync } from '../sync.ts'
import { type BalanceCheck, compareBalance, rememberBalance } from './balance-check.ts'
import { batches } from './batches.ts'
import { compare, type Found } from './compare.ts'
import { heal } from './heal.ts'
import { type Kind, kinds } from './kinds.ts'
import { looseEnds } from './loose-ends.ts'
import { patiently, type Say } from './patiently.ts'
import { beginRun, keepAlive, type Run, saveRun } from './runs.ts'
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
 * died. What can't be read is told, and does not keep it from the rest. Nothing is ever deleted: what only we have is told.
 * Throws Stripe's errors when it stays away, and ReconcileUnderWay.
 */
export async function reconcile(deps: SyncDeps, options: ReconcileOptions): Promise<Reconciled> {
  const { since, dryRun = false, say = () => {} } = options
  const run = await beginRun(deps.db, { since, dryRun })
  const rest = keepAlive(deps.db, run)
  try {
    for (let i = run.progress.kind ?? 0; i < kinds.length; i++) await reconcileKind(deps, run, i, say)
    if (run.isTakenUp) await catchUp(deps, run, say)
    if (!dryRun) await tieLooseEnds(deps, run, say)
    const balances = await balancesOf(deps, run, say)
    await saveRun(deps.db, run, { finished: true })
    const { checked, healed, differences, unexplained } = run
    return { checked, healed, differences, unexplained, balances }
  } catch (error) {
    await saveRun(deps.db, run, { error: String(error) }).catch(() => {})
    throw error
  } finally {
    rest()
  }
}

async function reconcileKind(deps: SyncDeps, run: Run, index: number, say: Say): Promise<void> {
  const kind = kinds[index]!
  const after = run.progress.kind === index ? run.progress.after : undefined
  const onBatch = (last: string | undefined) => {
    run.progress = { kind: index, after: last ?? after }
    return saveRun(deps.db, run)
  }
  await compareAll(deps, run, kind, { since: startOf(kind, run), after, say, onBatch })
  run.progress = { kind: index + 1 }
}

/** What was made while the run lay dead: of what it had gone through before, too. */
async function catchUp(deps: SyncDeps, run: Run, say: Say): Promise<void> {
  const since = new Date(run.startedAt.getTime() - 600_000)
  for (const kind of kinds) await compareAll(deps, run, kind, { since, say })
}

interface Span {
  since: Date | null
  after?: string | undefined
  say: Say
  onBatch?(last: string | undefined): Promise<void>
}

async function compareAll(deps: SyncDeps, run: Run, kind: Kind, { since, after, say, onBatch }: Span): Promise<void> {
  let checked = 0
  try {
    for await (const batch of batches(deps.stripe, kind, { since: secondsOf(since), after, say })) {
      const found = await compare(deps.db, kind, batch)
      const left = run.dryRun ? await confirmed(deps, found, say) : await heal(deps, kind, found, say)
      run.checked += batch.objects.length
      run.healed += run.dryRun ? 0 : found.length - left.length
      note(run, left, say)
      await onBatch?.(batch.last)
      checked += batch.objects.length
      if (batch.objects.length > 0) say(`${kind.name}: ${checked}`)
    }
  } catch (error) {
    // A key that may not list one kind may list the others.
    if (isStripeDown(error) || !isStripes(error)) throw error
    note(run, [{ kind: kind.name, id: '*', what: 'not readable', error: String(error) }], say)
  }
}

// Enough to see what is wrong.
const KEPT = 100

const isStripes = (error: unknown) => (error as { type?: string }).type?.startsWith('Stripe') ?? false

function note(run: Run, left: Difference[], say: Say): void {
  for (const one of left) say(told(one))
  run.unexplained += left.length
  run.differences = [...run.differences, ...left].slice(0, KEPT)
}

/** Without what came while Stripe's list was read. */
async function confirmed({ stripe }: SyncDeps, found: Found[], say: Say): Promise<Difference[]> {
  const left: Difference[] = []
  for (const { difference, object } of found) {
    const isThere = !object && (await patiently(() => read(stripe, difference.id), say))
    if (!isThere) left.push(difference)
  }
  return left
}

/** Subscriptions live for years: a run that goes back a month reads all of them. */
function startOf(kind: Kind, { since, startedAt }: Run): Date | null {
  const isLong = since !== null && startedAt.getTime() - since.getTime() >= MONTH_MS
  return kind.name === 'subscriptions' && isLong ? null : since
}

const MONTH_MS = 30 * 86_400_000 - 60_000

async function tieLooseEnds(deps: SyncDeps, run: Run, say: Say): Promise<void> {
  for (const { kind, id } of await looseEnds(deps.db)) {
    run.checked++
    try {
      const reading = await patiently(() => sync(deps, id), say)
      if (!reading) note(run, [{ kind, id, what: 'unknown to Stripe' }], say)
    } catch (error) {
      if (isStripeDown(error)) throw error
      note(run, [{ kind, id, what: 'not readable', error: String(error) }], say)
    }
  }
}

const LOOKS = 5

/** Money may move between the two looks: then what is new is brought in, and both are looked at again. */
async function balancesOf(deps: SyncDeps, run: Run, say: Say): Promise<BalanceCheck[]> {
  let balances: BalanceCheck[] = []
  for (let looks = 1; looks <= LOOKS; looks++) {
    balances = await patiently(() => compareBalance(deps.db, deps.stripe), say)
    if (run.dryRun || balances.every(({ ours, stripes }) => ours === stripes)) break
    if (looks < LOOKS) await bringLatest(deps, say)
  }
  if (!run.dryRun) await rememberBalance(deps.db, balances)
  return balances
}

async function bringLatest(deps: SyncDeps, say: Say): Promise<void> {
  const { stripe, db } = deps
  const [movements] = kinds
  const newest = await db
    .selectFrom('balance_transactions')
    .select('created_at')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  // Stripe's lists may be a little behind themselves.
  const since = newest ? Math.floor(newest.created_at.getTime() / 1000) - 300 : 0
  for await (const batch of batches(stripe, movements!, { since, say })) {
    await heal(deps, movements!, await compare(db, movements!, batch), say)
  }
}

function secondsOf(date: Date | null): number {
  return date ? Math.floor(date.getTime() / 1000) : 0
}
