import { type Kysely, sql } from 'kysely'

/** Money that the owner took without Stripe. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table offline_entries (
      id bigint generated always as identity primary key,
      key text not null unique, -- of the form or the reversal it came by: the same one is entered once
      email text,
      user_id text references users on delete set null, -- who proved that address
      name text,
      description text not null,
      amount bigint not null, -- minor units
      currency text not null,
      price_key text,
      quantity int not null default 1,
      credits int not null default 0,
      plan text,
      days int,
      locale text not null,
      received_at timestamptz(3) not null, -- as exact as the clock of who pages through them
      created_at timestamptz not null default now(),
      reverses bigint unique references offline_entries, -- never edited: taken back once, by a row of its own
      check (case when reverses is null then amount > 0 else amount < 0 end)
    );
    create index offline_entries_received on offline_entries (received_at desc, id desc);
    create index offline_entries_currency on offline_entries (currency, received_at);
    create index offline_entries_user on offline_entries (user_id) where user_id is not null;
    create index offline_entries_unclaimed on offline_entries (email) where user_id is null;
  `.execute(db)
}
