import { type Kysely, sql } from 'kysely'

/** Which card or wallet paid: a mark of Stripe's that tells two payments of one person, also after the account is gone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table payments add column fingerprint text;
    create index payments_fingerprint on payments (fingerprint) where fingerprint is not null;
    create index payments_subscription on payments (subscription_id) where subscription_id is not null;
  `.execute(db)
}
