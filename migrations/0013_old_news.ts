import { type Kysely, sql } from 'kysely'

/**
 * Mails that are not to be sent, since what they tell of is no news any more: a database that is made anew from Stripe reads
 * of years of payments, whose customers had their mails long ago.
 *
 * And a movement that moves to another day leaves a mark for the day that it leaves, too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table mails add column skipped_at timestamptz; -- it holds its key, so that nobody sends it later either
    create index mails_waiting on mails (id) where sent_at is null and failed_at is null and skipped_at is null;

    create function mark_moved_movement() returns trigger language plpgsql as $$
    begin
      insert into revenue_late (at)
        select distinct date_bin('15 minutes', created_at, 'epoch')
        from (select created_at from was union all select created_at from changed) as both_times
        where created_at < clock_timestamp() - interval '1 hour';
      return null;
    end $$;
    drop trigger late_update on balance_transactions;
    create trigger late_update after update on balance_transactions
      referencing old table as was new table as changed for each statement execute function mark_moved_movement();
  `.execute(db)
}
