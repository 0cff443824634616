import { type Kysely, sql } from 'kysely'

/**
 * Sums of the days that are over, so that the dashboard costs the same in ten years. What comes late for such a day leaves a
 * mark, in the transaction that brings it and by trigger, so that nothing that writes the books can forget it. Each mark is a
 * row of its own: no two payments wait for each other. src/revenue/rollups.ts says how the three work together.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table revenue_days (
      day date not null, -- of the owner
      currency text not null,
      kind text not null, -- payments.kind, or offline; other: of no payment of ours
      gross bigint not null, -- minor units; gross - refunds - disputes - fees + other = net
      refunds bigint not null,
      disputes bigint not null,
      fees bigint not null,
      other bigint not null,
      net bigint not null,
      payments int not null,
      primary key (currency, day, kind)
    );
    create index revenue_days_day on revenue_days (day);

    create table revenue_rollup (
      only_row boolean primary key default true check (only_row),
      basis text not null, -- the time zone and the rules that it was summed up by
      rolled_until date -- the last day that is summed up; null: none
    );

    create table revenue_late (
      id bigint generated always as identity primary key,
      at timestamptz not null -- of the movement, to the quarter of an hour: as exact as midnight is anywhere
    );
    create index revenue_late_at on revenue_late (at);

    create function mark_late_movement() returns trigger language plpgsql as $$
    begin
      insert into revenue_late (at)
        select distinct date_bin('15 minutes', created_at, 'epoch') from changed
        where created_at < clock_timestamp() - interval '1 hour';
      return null;
    end $$;
    create trigger late_insert after insert on balance_transactions
      referencing new table as changed for each statement execute function mark_late_movement();
    create trigger late_update after update on balance_transactions
      referencing new table as changed for each statement execute function mark_late_movement();

    create function mark_late_entry() returns trigger language plpgsql as $$
    begin
      insert into revenue_late (at)
        select distinct date_bin('15 minutes', received_at, 'epoch') from changed
        where received_at < clock_timestamp() - interval '1 hour';
      return null;
    end $$;
    create trigger late_insert after insert on offline_entries
      referencing new table as changed for each statement execute function mark_late_entry();

    -- A payment says of which kind its movements are, and may come after them.
    create function mark_late_kind() returns trigger language plpgsql as $$
    begin
      insert into revenue_late (at)
        select distinct date_bin('15 minutes', created_at, 'epoch') from balance_transactions
        where payment_id = new.id and created_at < clock_timestamp() - interval '1 hour';
      return null;
    end $$;
    create trigger late_insert after insert on payments for each row execute function mark_late_kind();
    create trigger late_update after update of kind on payments for each row
      when (old.kind is distinct from new.kind) execute function mark_late_kind();
  `.execute(db)
}
