import type { Connection } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startJobs } from '../../src/jobs/queue.ts'
import { createSchema } from '../../src/sandbox/schema.ts'

/** What every start of the app does to its database, so that the tests needn't wait for it again: our tables, the queue's, the sandbox's. */
export async function prepare({ db, pool }: Connection): Promise<void> {
  await migrate(db)
  await createSchema(pool)
  const jobs = await startJobs(pool, (error) => {
    throw error
  })
  await jobs.stop()
}
