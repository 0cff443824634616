import { type Kysely, sql } from 'kysely'

/**
 * The owner's list of people. A person is an account, or an address without one; who has neither is one for each customer of
 * Stripe's, or else each payment: the expressions below, which src/payments/payers.ts asks by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Sessions go when they are over, and took with them when somebody was last seen.
    update users set last_seen_at = (select max(last_seen_at) from sessions where user_id = users.id);
    create index users_seen on users (coalesce(last_seen_at, created_at) desc, id desc);
    create index users_address on users (email text_pattern_ops);

    create index payments_person on payments
      (coalesce(user_id, email, customer_id, id), coalesce(paid_at, created_at) desc, id desc);
    create index payments_guests on payments (coalesce(paid_at, created_at) desc, id desc)
      where user_id is null and paid_at is not null;
    create index offline_entries_person on offline_entries
      (coalesce(user_id, email, 'offline-' || coalesce(reverses, id)::text), received_at desc, id desc);
    create index offline_entries_guests on offline_entries (received_at desc, id desc)
      where user_id is null and reverses is null;
    create index subscriptions_person on subscriptions (coalesce(user_id, email, customer_id, id));

    -- What the owner writes down about somebody: of an account, or of an address that has none yet.
    create table person_notes (
      user_id text unique references users on delete cascade,
      email text unique,
      body text not null,
      written_at timestamptz not null,
      check (num_nonnulls(user_id, email) = 1)
    );
  `.execute(db)
}
