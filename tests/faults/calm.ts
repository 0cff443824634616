import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Connection } from '../../src/db/connection.ts'
import type { Jobs } from '../../src/jobs/queue.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'

const HOUR = 3_600_000

/**
 * Until nothing is left to deliver, to read or to send. What waits for its next try has it now, the poll of every five
 * minutes and the requeue of every minute come at once, and an hour passes at Stripe: nothing else is done for them.
 */
export async function untilCalm({ db }: Connection, jobs: Jobs, sandbox: Sandbox, patienceMs: number): Promise<void> {
  const givenUpAt = Date.now() + patienceMs
  await sandbox.settle()
  await sandbox.clock.advance(HOUR)
  // What the first round brings about may be told in the second.
  for (const _ of ['first', 'second']) {
    while ((await sandbox.deliver()) > 0);
    await db.transaction().execute(async (trx) => {
      await jobs.enqueue(trx, 'poll', {})
      await jobs.enqueue(trx, 'requeue', {})
    })
    for (;;) {
      const waiting = await whatWaits(db)
      if (waiting.length === 0) break
      if (Date.now() > givenUpAt) throw new Error(`not calm after ${patienceMs / 1000} s: ${JSON.stringify(waiting)}`)
      await hurry(db, jobs)
      await pause(1000)
    }
  }
}

async function whatWaits(db: Connection['db']): Promise<object[]> {
  const { rows } = await sql<object>`
    select name, state::text, count(*)::int, min(output::text) as said from pgboss.job
      where name in ('sync', 'mail', 'poll', 'requeue') and state in ('created', 'retry', 'active') group by name, state
    union all
    select 'inbox', type, count(*)::int, min(error) from inbox where applied_at is null group by type
    union all
    select 'mails', '', count(*)::int, min(error) from mails where sent_at is null and skipped_at is null having count(*) > 0
  `.execute(db)
  return rows
}

async function hurry(db: Connection['db'], jobs: Jobs): Promise<void> {
  await sql`update pgboss.job set start_after = now() where state = 'retry' and start_after > now()`.execute(db)
  await sql`update inbox set next_try_at = now() where applied_at is null and failures > 0`.execute(db)
  await db.transaction().execute((trx) => jobs.enqueue(trx, 'requeue', {}))
}
