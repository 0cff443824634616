import { type Kysely, sql } from 'kysely'

/** What becomes of a payment, what leaves for the bank, and how our books compare with Stripe's. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- What banks hold back or have taken back for good, in the payment's own currency.
    alter table payments add column disputed bigint not null default 0;

    create index payments_created on payments (created_at);
    create index subscriptions_created on subscriptions (created_at);

    -- Stripe keeps several balances; available and pending are about 'payments'.
    alter table balance_transactions add column balance_type text not null default 'payments';
    create index balance_transactions_at on balance_transactions (created_at, id);

    create table refunds (
      id text primary key, -- Stripe's re_… or pyr_…
      payment_id text not null references payments,
      amount bigint not null, -- in the payment's currency, minor units
      currency text not null,
      status text not null,
      reason text,
      failure_reason text,
      asked_by text, -- owner or customer; null: at Stripe
      created_at timestamptz not null
    );
    create index refunds_payment on refunds (payment_id);
    create index refunds_created on refunds (created_at);

    create table disputes (
      id text primary key, -- Stripe's du_… or dp_…
      payment_id text not null references payments,
      amount bigint not null,
      currency text not null,
      status text not null,
      reason text not null,
      due_by timestamptz, -- when the bank stops to listen
      submissions int not null, -- how often evidence was handed in
      created_at timestamptz not null
    );
    create index disputes_payment on disputes (payment_id);
    create index disputes_status on disputes (status, due_by);

    create table payouts (
      id text primary key, -- Stripe's po_…
      amount bigint not null,
      currency text not null,
      status text not null,
      automatic boolean not null,
      failure_code text,
      arrives_at timestamptz not null,
      created_at timestamptz not null
    );
    create index payouts_created on payouts (created_at desc);

    create table reconciliations (
      id bigint generated always as identity primary key,
      since timestamptz, -- null: from the beginning
      dry_run boolean not null default false,
      started_at timestamptz not null default now(),
      seen_at timestamptz not null default now(), -- alive then
      finished_at timestamptz,
      progress jsonb not null default '{}', -- where to go on after a crash
      checked int not null default 0,
      healed int not null default 0,
      differences jsonb not null default '[]', -- the first hundred that are left
      unexplained int not null default 0,
      error text
    );
    create index reconciliations_finished on reconciliations (finished_at desc) where finished_at is not null;

    -- The sum of our books beside Stripe's balance, the latest of each currency.
    create table balance_checks (
      currency text primary key,
      ours bigint not null,
      stripes bigint not null,
      checked_at timestamptz not null,
      differs_since timestamptz -- null: it agrees
    );
  `.execute(db)
}
