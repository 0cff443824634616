import { type Kysely, sql } from 'kysely'

/** What the owner has reached, once and dated; and a number that moves with the books, so that pages can follow them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table milestones (key text primary key, reached_at timestamptz not null);
    create sequence books_number;
  `.execute(db)
}
