import { sql } from 'kysely'

/**
 * SQL: each time that somebody became a subscriber in one currency (`new`), stopped being one (`churned`), or became one
 * again (`reactivated`), as rows of `at` and `what`. It is told from the times that Stripe's objects bear, so that it is the
 * same whatever we heard when.
 */
export function moves(currency: string) {
  // Paid times that touch or overlap are one: whoever changes from one subscription to another has not left.
  return sql`
    with times as (
      select person, began_at, coalesce(stopped_at, 'infinity') as stopped_at from (${paid(currency)}) as paid
    ), in_order as (
      select person, began_at,
        max(stopped_at) over (one_by_one rows between unbounded preceding and 1 preceding) as paid_until,
        max(stopped_at) over one_by_one as now_until,
        lead(began_at) over one_by_one is null as is_last
      from times
      window one_by_one as (partition by person order by began_at, stopped_at)
    )
    select began_at as at, 'new' as what from in_order where paid_until is null
    union all
    select began_at, 'reactivated' from in_order where paid_until < began_at
    union all
    select paid_until, 'churned' from in_order where paid_until < began_at
    union all
    select now_until, 'churned' from in_order where is_last and now_until < 'infinity'
  `
}

/**
 * SQL: the subscriptions in one currency that are or were paid, with the `person` who pays. Without an account each purchase
 * makes a customer of its own at Stripe, so whose address is the same is one person.
 */
export function paid(currency: string) {
  // Compared byte by byte: sorting 100,000 addresses by a language's rules takes several times as long.
  return sql`
    select mrr, began_at, stopped_at, ends_at, coalesce(email, customer_id) collate "C" as person
    from subscriptions
    where currency = ${currency} and began_at is not null and mrr > 0
  `
}
