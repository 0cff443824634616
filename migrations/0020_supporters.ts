import { type Kysely, sql } from 'kysely'

/** Who tips may say that their name and message may be shown; the owner may hide what they said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table payments add on_wall boolean not null default false;
    alter table offline_entries add on_wall boolean not null default false;
    alter table offline_claims add on_wall boolean not null default false;
    create index payments_on_wall on payments (paid_at desc) where on_wall;
    create index offline_entries_on_wall on offline_entries (received_at desc) where on_wall;
    create table hidden_supporters (payment_id text primary key, hidden_at timestamptz not null default now());
  `.execute(db)
}
