import { type Kysely, sql } from 'kysely'

/** When the last event came by each way, and which are old enough to go. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index inbox_received on inbox (via, received_at)`.execute(db)
}
