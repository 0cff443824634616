import { type Kysely, sql } from 'kysely'

/** What the owner asks people to pay. Whether a request is paid, the payments say. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table payment_requests (
      id text primary key, -- in its address: whoever knows it may see and pay the request
      form_hash text not null unique, -- of the form that made it, so that a double click makes one
      amount bigint not null check (amount > 0), -- minor units
      currency text not null,
      description text not null,
      customer_name text, -- the owner's note
      expires_at timestamptz, -- null: never
      cancelled_at timestamptz,
      session_id text unique, -- the one Checkout Session that anybody is sent to
      created_at timestamptz not null default now()
    );
    create index payment_requests_created on payment_requests (created_at desc, id);
    create index payments_request on payments (request_id) where request_id is not null;
  `.execute(db)
}
