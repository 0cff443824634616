import { type Kysely, sql } from 'kysely'

/** What a subscription is a month, and from when to when it paid. Rows that are here already are right at their next reading. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table subscriptions
      add column mrr bigint, -- of one month, after discounts for ever, minor units
      add column began_at timestamptz, -- its first paid period; null while it has none
      add column stopped_at timestamptz; -- it is not paid since then; null while it is, or is being retried
    update subscriptions set
      mrr = case every
        when 'year' then round(amount / (12.0 * every_count))
        when 'month' then round(amount / (1.0 * every_count))
        when 'week' then round(amount * 52 / (12.0 * every_count))
        when 'day' then round(amount * 365 / (12.0 * every_count))
      end,
      began_at = case
        when status in ('trialing', 'incomplete', 'incomplete_expired') or ended_at <= trial_end then null
        else coalesce(trial_end, created_at)
      end;
    update subscriptions set stopped_at = coalesce(ended_at, period_start)
      where began_at is not null and status not in ('active', 'past_due');
    alter table subscriptions alter column mrr set not null;
  `.execute(db)
}
