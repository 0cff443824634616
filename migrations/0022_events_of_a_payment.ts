import { type Kysely, sql } from 'kysely'

/**
 * What Stripe told of an object, long after it was applied: for the page of a payment, and to forget a payer. It finds what
 * waits as well, since of one object there are few events; so an event costs one more entry than before, when it is applied.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index inbox_object on inbox (object_id) where object_id is not null;
    drop index inbox_waiting;
  `.execute(db)
}
