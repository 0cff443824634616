import { billingTimers } from './billing/timers.ts'
import { moneyTimers } from './money/timers.ts'
import { expireSession } from './resources/sessions.ts'
import { settleCharge } from './settlement.ts'
import type { Store } from './store.ts'
import type { Tx } from './tx.ts'

/** What happens by itself, when its time has come. */
const TIMERS: Record<string, (tx: Tx, objectId: string) => Promise<unknown>> = {
  settle: settleCharge,
  expire: expireSession,
  ...billingTimers,
  ...moneyTimers,
}

/** Runs what is due, each in a transaction of its own, earliest first. With `kind`, all of that kind, due or not. */
export async function runTimers(store: Store, kind?: keyof typeof TIMERS): Promise<void> {
  while (await store.write((tx) => runNext(tx, kind)));
}

/** Time passes: what falls due on the way happens at its own time, in its order. */
export async function advance(store: Store, ms: number): Promise<void> {
  const before = (await store.settings()).clock
  const target = Date.now() + before + ms
  for (;;) {
    const { rows } = await store.pool.query<{ due: string | null }>(
      'select min(due_at)::text as due from sandbox.timers',
    )
    const due = Number(rows[0]?.due ?? Number.POSITIVE_INFINITY)
    if (due > target) break
    const { clock } = await store.settings()
    await store.saveSetting('clock', Math.max(clock, due - Date.now()))
    await runTimers(store)
  }
  await store.saveSetting('clock', before + ms)
}

/** Whatever comes late still happens at its own time. One after the other: the order is part of the story. */
async function runNext(tx: Tx, kind: string | undefined): Promise<boolean> {
  await tx.db.query("select pg_advisory_xact_lock(hashtext('sandbox timers'))")
  const { rows } = await tx.db.query<{ object_id: string; kind: string; due: string }>(
    `select object_id, kind, due_at::text as due from sandbox.timers where ${kind ? 'kind = $1' : 'due_at <= $1'}
     order by due_at limit 1`,
    [kind ?? tx.now],
  )
  const next = rows[0]
  if (!next) return false
  tx.now = Math.min(Number(next.due), tx.now)
  await TIMERS[next.kind]!(tx, next.object_id)
  // Only now: a request that has the object may want to clear its timer, and we would wait for each other.
  await tx.db.query('delete from sandbox.timers where object_id = $1 and kind = $2 and due_at = $3', [
    next.object_id,
    next.kind,
    next.due,
  ])
  return true
}
