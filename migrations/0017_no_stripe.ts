import { type Kysely, sql } from 'kysely'

/** A shop without Stripe: what is paid by the owner's codes may be a tip with a message, or answer a payment request. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table offline_claims add message text, add request_id text references payment_requests;
    alter table offline_entries add message text, add request_id text references payment_requests;
    create index offline_claims_request on offline_claims (request_id) where request_id is not null;
    create index offline_entries_request on offline_entries (request_id) where request_id is not null;
  `.execute(db)
}
