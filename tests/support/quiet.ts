import { sql } from 'kysely'
import type { Connection } from '../../src/db/connection.ts'

const PATIENCE_MS = 45_000

/** Waits until the sandbox has delivered what it will, and our queues and the inbox are empty. */
export async function untilQuiet(
  { db }: Connection,
  sandbox: { settle(): Promise<void>; deliver(): Promise<number> },
): Promise<void> {
  const givenUpAt = Date.now() + PATIENCE_MS
  await sandbox.settle()
  while (Date.now() < givenUpAt) {
    const delivered = await sandbox.deliver()
    const { rows } = await sql<{ waiting: number }>`
      select (select count(*) from pgboss.job where name in ('sync', 'mail') and state in ('created', 'retry', 'active'))
        + (select count(*) from inbox where applied_at is null) as waiting
    `.execute(db)
    if (delivered === 0 && rows[0]!.waiting === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('not quiet after 45 seconds')
}
