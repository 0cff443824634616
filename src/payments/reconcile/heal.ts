import Stripe from 'stripe'
import type { Difference } from '../../db/tables.ts'
import { balanceTransactionRow } from '../reading.ts'
import { type SyncDeps, sync, writeListed } from '../sync.ts'
import { compare, type Found } from './compare.ts'
import type { Kind } from './kinds.ts'
import { patiently, type Say } from './patiently.ts'

const AT_ONCE = 4

/**
 * Reads again what differs, through the one door that webhooks use, and compares once more, with what Stripe says then.
 * Returns what is left: what Stripe does not know, what could not be read, what does not become equal.
 */
export async function heal(deps: SyncDeps, kind: Kind, found: Found[], say: Say): Promise<Difference[]> {
  // A payment and its refunds are read together, so each is read once.
  const groups = [...Map.groupBy(found, (one) => healedBy(kind, one)).entries()]
  const left: Difference[] = []
  const worker = async () => {
    for (let group = groups.pop(); group; group = groups.pop()) {
      const [id, ones] = group
      const error = await readAgain(deps, id, ones, say)
      for (const one of ones) left.push(...(await stillDiffers(deps, kind, one, error, say)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return left
}

function healedBy(kind: Kind, { difference, object }: Found): string {
  return (object && kind.healedBy?.(object)) ?? difference.id
}

async function readAgain(deps: SyncDeps, id: string, ones: Found[], say: Say): Promise<string | undefined> {
  try {
    const reading = await patiently(() => sync(deps, id), say)
    return reading ? undefined : 'Stripe does not know it'
  } catch (error) {
    if (await writtenAsListed(deps, ones, error)) return undefined
    return String(error)
  }
}

/** A key that may not read what moved the balance may still list the movement, which is all that the sums need. */
async function writtenAsListed(deps: SyncDeps, ones: Found[], error: unknown): Promise<boolean> {
  if (!(error instanceof Stripe.errors.StripePermissionError)) return false
  const transactions = ones.flatMap(({ difference, object }) =>
    difference.kind === 'balance_transactions' && object ? [object as Stripe.BalanceTransaction] : [],
  )
  if (transactions.length < ones.length) return false
  for (const one of transactions) {
    await writeListed(deps, { id: one.id, balanceTransactions: [balanceTransactionRow(one, null)] })
  }
  return true
}

async function stillDiffers(
  { db, stripe }: SyncDeps,
  kind: Kind,
  { difference, object }: Found,
  error: string | undefined,
  say: Say,
): Promise<Difference[]> {
  if (error) return [{ ...difference, error }]
  // Of what Stripe's list did not have, that it could be read is enough.
  if (!object) return []
  const [left] = await compare(db, kind, { objects: [object] })
  if (!left) return []
  // It may have moved on since it was listed.
  const fresh = await patiently(() => kind.one(stripe, object.id), say)
  return (await compare(db, kind, { objects: [fresh] })).map((one) => one.difference)
}
