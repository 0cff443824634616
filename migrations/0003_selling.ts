import { type Kysely, sql } from 'kysely'

/** What was bought, by whom, and what was used of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table payments
      add column user_id text references users on delete set null, -- who proved the address it was paid with
      add column customer_id text, -- Stripe's cus_…
      add column price_key text,
      add column quantity int not null default 1,
      add column credits int not null default 0,
      add column plan text,
      add column days int,
      add column subscription_id text,
      add column invoice_id text unique,
      add column request_id text;
    create index payments_user on payments (user_id, paid_at desc) where user_id is not null;
    create index payments_unclaimed on payments (email) where user_id is null;

    create table subscriptions (
      id text primary key, -- Stripe's sub_…
      user_id text references users on delete set null,
      customer_id text not null,
      email text,
      locale text not null,
      status text not null,
      price_key text,
      plan text,
      quantity int not null,
      amount bigint not null, -- of one period, after discounts, minor units
      currency text not null,
      every text not null check (every in ('day', 'week', 'month', 'year')),
      every_count int not null,
      period_start timestamptz not null,
      period_end timestamptz not null,
      trial_end timestamptz,
      ends_at timestamptz, -- it will not be renewed
      ended_at timestamptz,
      livemode boolean not null,
      created_at timestamptz not null,
      anonymized_at timestamptz
    );
    create index subscriptions_user on subscriptions (user_id) where user_id is not null;
    create index subscriptions_unclaimed on subscriptions (email) where user_id is null;
    create index subscriptions_status on subscriptions (status);

    create table credit_uses (
      id bigint generated always as identity primary key,
      user_id text not null references users on delete cascade,
      amount int not null, -- negative: given by the owner
      reason text not null,
      idempotency_key text not null,
      created_at timestamptz not null default now(),
      unique (user_id, idempotency_key)
    );
  `.execute(db)
}
