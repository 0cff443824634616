import { type Kysely, sql } from 'kysely'

/** Who signs in, what Stripe told us, what was paid, what moved the balance, and the mail that follows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table users (
      id text primary key,
      email text not null unique check (email = lower(email)),
      email_verified_at timestamptz,
      created_at timestamptz not null default now()
    );
    create table sessions (
      id text primary key, -- SHA-256 of the id in the cookie
      user_id text not null references users on delete cascade,
      expires_at timestamptz not null,
      created_at timestamptz not null default now()
    );
    create index sessions_user on sessions (user_id);
    create table email_tokens (
      hash text primary key, -- SHA-256 of the token in the link
      purpose text not null,
      user_id text not null references users on delete cascade,
      expires_at timestamptz not null,
      used_at timestamptz,
      created_at timestamptz not null default now()
    );

    -- Whose payments are in here, so that rehearsals never add up with real money.
    create table installation (
      only_row boolean primary key default true check (only_row),
      stripe_mode text not null check (stripe_mode in ('sandbox', 'test', 'live'))
    );

    create table inbox (
      id text primary key, -- Stripe's evt_…
      type text not null,
      object_id text, -- what to read again; null: nothing to do for this type
      api_version text,
      livemode boolean not null,
      created_at timestamptz not null, -- at Stripe
      received_at timestamptz not null default now(),
      via text not null check (via in ('webhook', 'poll')),
      payload json not null, -- as it came: jsonb would refuse a NUL
      applied_at timestamptz,
      next_try_at timestamptz not null default now() + interval '2 minutes',
      failures int not null default 0,
      error text
    );
    create index inbox_waiting on inbox (object_id) where applied_at is null;
    create index inbox_due on inbox (next_try_at) where applied_at is null;

    -- Which read of an object is in our tables: reads are numbered as they start, and an older one never overwrites a newer.
    create sequence read_number;
    create table synced (
      object_id text primary key,
      read_number bigint not null,
      synced_at timestamptz not null default now()
    );
    create table polls (
      name text primary key,
      seen_until timestamptz not null
    );

    create table payments (
      id text primary key, -- Stripe's pi_…
      kind text not null check (kind in ('tip', 'purchase', 'pass', 'subscription', 'request')),
      status text not null check (status in ('processing', 'paid', 'failed')),
      amount bigint not null check (amount >= 0), -- as the customer paid it, minor units
      currency text not null,
      refunded bigint not null default 0,
      description text not null,
      email text,
      name text,
      message text,
      locale text not null,
      method text, -- card, alipay, wechat_pay, …
      session_id text unique,
      charge_id text,
      balance_transaction_id text, -- null: Stripe has not told the fee yet
      livemode boolean not null,
      created_at timestamptz not null,
      paid_at timestamptz
    );
    create index payments_paid on payments (paid_at desc, id desc) where paid_at is not null;
    create index payments_pending_fee on payments (currency, paid_at) where paid_at is not null and balance_transaction_id is null;
    create index payments_email on payments (email);

    create table balance_transactions (
      id text primary key, -- Stripe's txn_…
      type text not null,
      reporting_category text not null,
      amount bigint not null, -- minor units of the settlement currency
      fee bigint not null,
      net bigint not null,
      currency text not null,
      exchange_rate double precision,
      source text, -- ch_…, py_…, re_…, po_…
      payment_id text,
      description text,
      created_at timestamptz not null,
      available_on timestamptz not null
    );
    create index balance_transactions_created on balance_transactions (currency, created_at);
    create index balance_transactions_payment on balance_transactions (payment_id);

    create table mails (
      id bigint generated always as identity primary key,
      key text not null unique, -- what it is about: the same mail is never queued twice
      recipient text not null,
      message jsonb not null, -- template and props
      payment_id text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      failed_at timestamptz, -- given up: the owner sees it
      attempts int not null default 0,
      error text
    );
    create index mails_failed on mails (failed_at) where failed_at is not null;
    create index mails_payment on mails (payment_id);
  `.execute(db)
}
