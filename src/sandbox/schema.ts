import type pg from 'pg'

/** Makes what is absent. Several processes may start at once: the lock lets one of them do it. */
export async function createSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query("select pg_advisory_xact_lock(hashtext('sandbox schema'))")
    await client.query(SCHEMA)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

// `json`, not `jsonb`: it keeps the order of the keys, so that an object reads as Stripe prints it.
// Times are the sandbox clock's, in milliseconds; `created` is Stripe's, in seconds.
const SCHEMA = `
  create schema if not exists sandbox;

  create table if not exists sandbox.objects (
    id text primary key,
    object text not null,
    seq bigint generated always as identity,
    created bigint not null,
    deleted boolean not null default false,
    data json not null,
    hidden json not null default '{}'
  );
  create index if not exists objects_newest on sandbox.objects (object, seq desc);
  create index if not exists objects_payment_intent on sandbox.objects ((data->>'payment_intent'));
  create index if not exists objects_customer on sandbox.objects ((data->>'customer'));
  create index if not exists objects_charge on sandbox.objects ((data->>'charge'));
  create index if not exists objects_not_available on sandbox.objects (((data->>'available_on')::bigint))
    where object = 'balance_transaction' and data->>'status' = 'pending';
  create index if not exists objects_source on sandbox.objects ((data->>'source'));

  create table if not exists sandbox.timers (
    object_id text not null,
    kind text not null,
    due_at bigint not null,
    primary key (object_id, kind)
  );
  create index if not exists timers_due on sandbox.timers (due_at);

  create table if not exists sandbox.deliveries (
    id bigint generated always as identity primary key,
    event_id text not null,
    endpoint_id text not null,
    due_at bigint,
    attempts integer not null default 0,
    delivered_at bigint,
    answer text
  );
  create index if not exists deliveries_due on sandbox.deliveries (due_at) where due_at is not null;
  create index if not exists deliveries_event on sandbox.deliveries (event_id);

  create table if not exists sandbox.idempotency (
    key text primary key,
    fingerprint text not null,
    body text not null,
    request_id text not null,
    created bigint not null
  );

  alter table sandbox.idempotency add column if not exists status integer not null default 200;

  create table if not exists sandbox.settings (key text primary key, value json not null);

  create table if not exists sandbox.mails (
    id bigint generated always as identity primary key,
    sent_at timestamptz not null default now(),
    "from" text not null,
    "to" text not null,
    subject text not null,
    html text not null,
    text text not null,
    message_id text not null
  );
`
