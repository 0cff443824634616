import { Hono } from 'hono'
import { sql } from 'kysely'
import type { Db } from './db/connection.ts'
import { pendingMigrations } from './db/migrate.ts'

/** `/healthz`: this process is alive. `/readyz`: it can serve: the database answers and has this code's schema. */
export function healthRoutes(db: Db): Hono {
  return new Hono()
    .get('/healthz', (c) => c.text('alive'))
    .get('/readyz', async (c) => {
      try {
        await sql`select 1`.execute(db)
        const pending = await pendingMigrations(db)
        return pending.length === 0 ? c.text('ready') : c.text(`migrations not done: ${pending.join(', ')}`, 503)
      } catch {
        return c.text('the database does not answer', 503)
      }
    })
}
