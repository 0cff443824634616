import { type Kysely, sql } from 'kysely'

/** What the owner's list of payments goes by: each way has its index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index payments_at on payments (coalesce(paid_at, created_at) desc, id desc);
    create index payments_kind_at on payments (kind, coalesce(paid_at, created_at), id);
    create index payments_currency_at on payments (currency, coalesce(paid_at, created_at), id);
    create index payments_unpaid_at on payments (status, coalesce(paid_at, created_at), id) where status <> 'paid';
    create index payments_refunded_at on payments (coalesce(paid_at, created_at), id) where refunded > 0;
    create index payments_disputed_at on payments (coalesce(paid_at, created_at), id) where disputed > 0;
    create index payments_charge on payments (charge_id) where charge_id is not null;
    -- The whole address and its beginning, in any collation.
    create index payments_address on payments (email text_pattern_ops);
    drop index payments_email;
    create index offline_entries_address on offline_entries (email text_pattern_ops);
  `.execute(db)
}
