import { expireSession } from './resources/sessions.ts'
import { makeAvailable, settleCharge } from './settlement.ts'
import type { Store } from './store.ts'
import type { Tx } from './tx.ts'

/** What happens by itself, when its time has come. */
const TIMERS: Record<string, (tx: Tx, objectId: string) => Promise<unknown>> = {
  settle: settleCharge,
  available: makeAvailable,
  expire: expireSession,
}

/** Runs what is due, each in a transaction of its own, earliest first. With `kind`, all of that kind, due or not. */
export async function runTimers(store: Store, kind?: keyof typeof TIMERS): Promise<void> {
  while (await store.write((tx) => runNext(tx, kind)));
}

async function runNext(tx: Tx, kind: string | undefined): Promise<boolean> {
  const { rows } = await tx.db.query<{ object_id: string; kind: string }>(
    `delete from sandbox.timers where (object_id, kind) in (
       select object_id, kind from sandbox.timers where ${kind ? 'kind = $1' : 'due_at <= $1'}
       order by due_at limit 1 for update skip locked
     ) returning object_id, kind`,
    [kind ?? tx.now],
  )
  const next = rows[0]
  if (next) await TIMERS[next.kind]!(tx, next.object_id)
  return next !== undefined
}
