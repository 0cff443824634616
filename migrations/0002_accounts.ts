import { type Kysely, sql } from 'kysely'

/** Accounts: passwords, proofs of an email, other ways to sign in, and shared limits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table users
      add column password_hash text, -- argon2id
      add column locale text,
      add column last_seen_at timestamptz,
      add column auth_epoch int not null default 0; -- raised when every session has to end
    alter table mails
      add column user_id text; -- whose account it is about, whatever the address was then
    create index mails_user on mails (user_id) where user_id is not null;
    alter table payments
      add column anonymized_at timestamptz; -- the payer deleted their account: what Stripe still says of them stays out

    alter table sessions
      add column device text,
      add column method text not null default 'link',
      add column last_seen_at timestamptz not null default now();

    -- One mechanism for everything that an email proves: sign-in, sign-up, reset, change of address, the owner's link.
    drop table email_tokens;
    create table email_proofs (
      id text primary key,
      purpose text not null check (purpose in ('sign-in', 'sign-up', 'reset', 'change-email', 'owner')),
      email text not null,
      user_id text references users on delete cascade, -- whose address is to change
      browser_hash text unique, -- SHA-256 of what the asking browser holds: the code works only there
      token_hash text unique, -- SHA-256 of the token in the link; null until the mail goes out
      code_hash text, -- argon2id of the six digits
      tries int not null default 0,
      password_hash text, -- chosen at sign-up, and nobody's until the address is proved in that browser
      return_to text,
      locale text not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index email_proofs_email on email_proofs (email, purpose);
    create index email_proofs_expires on email_proofs (expires_at);

    create table oauth_accounts (
      provider text not null,
      provider_user_id text not null,
      user_id text not null references users on delete cascade,
      email text not null,
      created_at timestamptz not null default now(),
      primary key (provider, provider_user_id),
      unique (provider, user_id)
    );

    create table passkeys (
      id text primary key, -- the credential's id, base64url
      user_id text not null references users on delete cascade,
      public_key bytea not null,
      counter bigint not null,
      transports text[] not null default '{}',
      name text not null,
      created_at timestamptz not null default now(),
      last_used_at timestamptz
    );
    create index passkeys_user on passkeys (user_id);
    create table passkey_challenges (
      hash text primary key, -- SHA-256 of what the browser holds in a cookie
      challenge text not null,
      user_id text references users on delete cascade, -- whose new passkey; null: a sign-in
      expires_at timestamptz not null
    );

    create table rate_limits (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );
  `.execute(db)
}
