import { type Kysely, sql } from 'kysely'

/** Keys for programs, and what they asked under an Idempotency-Key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_keys (
      id bigint generated always as identity primary key,
      user_id text not null references users on delete cascade,
      request text not null, -- of the form: the same one makes one key
      name text,
      prefix text not null, -- by which its owner knows it again
      hash text not null unique, -- SHA-256: 256 random bits need no slow hash, nobody guesses them
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      unique (user_id, request)
    );

    create table api_requests (
      user_id text not null references users on delete cascade,
      key text not null, -- the caller's Idempotency-Key
      hash text not null, -- SHA-256 of method, path and body
      claim text not null, -- of the call that works on it
      claimed_at timestamptz not null default now(),
      status int, -- null while it is under way
      content_type text,
      body text,
      created_at timestamptz not null default now(),
      primary key (user_id, key)
    );
    create index api_requests_created on api_requests (created_at);
  `.execute(db)
}
