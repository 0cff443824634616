import { type Kysely, sql } from 'kysely'

/** Refunds that customers asked for themselves, from the click until Stripe has answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table refund_claims (
      -- What it opened is gone from now on. The row goes when Stripe has given the money back, or has refused.
      payment_id text primary key references payments,
      user_id text references users on delete set null,
      created_at timestamptz not null default now()
    );
    create index refund_claims_created on refund_claims (created_at);
  `.execute(db)
}
