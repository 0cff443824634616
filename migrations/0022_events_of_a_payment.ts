import { type Kysely, sql } from 'kysely'

/**
 * What Stripe told of an object, long after it was applied: for the page of a payment, and to forget a payer. What still
 * waits is found by one index instead of two, so an event costs no more than before; of two the planner would take the
 * wrong one, and read all that waits for each object, when a burst came after the last analyze.
 *
 * And the latest of each way, for the health page; and payments of a kind in a currency, however few they are.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index inbox_object on inbox (object_id) where object_id is not null;
    drop index inbox_waiting;
    drop index inbox_due;
    create index inbox_waiting on inbox (object_id, next_try_at) where applied_at is null;
    create index inbox_received on inbox (via, received_at);
    create index payments_kind_currency_at on payments (kind, currency, coalesce(paid_at, created_at), id);
  `.execute(db)
}
