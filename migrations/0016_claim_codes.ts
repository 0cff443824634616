import { type Kysely, sql } from 'kysely'

/** A code stands in the note of one transfer, so it is claimed once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop index offline_claims_code;
    create unique index offline_claims_code on offline_claims (code);
  `.execute(db)
}
