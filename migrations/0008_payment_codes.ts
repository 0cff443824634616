import { type Kysely, sql } from 'kysely'

/** What customers say they paid by the owner's own payment code: money only once the owner confirms it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table offline_claims (
      id text primary key, -- in the address of the customer's page: 256 bits
      form_hash text not null unique, -- of the form it came by: the same one is claimed once
      code text not null, -- what the payer wrote into the note of the transfer
      email text, -- null once it is forgotten
      user_id text references users on delete set null, -- whose proved address it was
      name text,
      description text not null,
      amount bigint not null check (amount > 0), -- minor units
      currency text not null,
      price_key text,
      credits int not null default 0,
      plan text,
      days int,
      locale text not null,
      state text not null default 'open' check (state in ('open', 'confirmed', 'refused', 'closed')),
      created_at timestamptz not null default now(),
      decided_at timestamptz
    );
    create index offline_claims_open on offline_claims (created_at) where state = 'open';
    create index offline_claims_code on offline_claims (code);
    create index offline_claims_email on offline_claims (email);
    create index offline_claims_user on offline_claims (user_id) where user_id is not null;
  `.execute(db)
}
