import { type Kysely, sql } from 'kysely'

/** Paid questions to the owner, and what was said about each. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table questions (
      id text primary key, -- stands in its address, and nobody guesses it
      user_id text not null references users on delete cascade,
      request text not null, -- of the form or of the API call: the same one asks once
      title text not null,
      state text not null default 'waiting' check (state in ('waiting', 'answered', 'asked-back', 'closed')),
      helped boolean, -- what the asker says of the answer
      locale text not null,
      created_at timestamptz not null default now(),
      unique (user_id, request)
    );
    create index questions_user on questions (user_id, created_at desc);
    create index questions_waiting on questions (created_at) where state in ('waiting', 'asked-back');
    create index questions_latest on questions (created_at desc);

    create table question_messages (
      id bigint generated always as identity primary key,
      question_id text not null references questions on delete cascade,
      author text not null check (author in ('asker', 'owner')),
      body text not null, -- Markdown
      request text not null,
      created_at timestamptz not null default now(),
      unique (question_id, author, request)
    );
  `.execute(db)
}
