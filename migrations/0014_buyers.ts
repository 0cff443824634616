import { type Kysely, sql } from 'kysely'

/** Who was signed in when a payment or a subscription was begun: it is theirs, whatever address stands on it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table payments add column buyer_id text; -- users.id then; no reference: it outlives the account
    alter table subscriptions add column buyer_id text;
  `.execute(db)
}
