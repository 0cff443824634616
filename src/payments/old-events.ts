import { sql } from 'kysely'
import type { Db } from '../db/connection.ts'

// Stripe sends an event again for three days, and lists it for thirty.
const KEPT_DAYS = 90
const AT_ONCE = 5_000

/**
 * Removes events that were booked three months ago: they have said what they had to say, and would in time be most of the
 * database. What could not be booked stays, and the last that came by each way: it says that this way works. Run daily, by
 * any process.
 */
export async function removeOldEvents(db: Db): Promise<void> {
  let removed: bigint | undefined
  do {
    const result = await sql`
      delete from inbox where id = any(array(
        -- All ways there are: so the index of via and received_at finds them.
        select id from inbox
        where via in ('webhook', 'poll') and received_at < now() - make_interval(days => ${KEPT_DAYS}) and applied_at is not null
          and received_at < (select max(received_at) from inbox as latest where latest.via = inbox.via)
        limit ${AT_ONCE}
      ))`.execute(db)
    removed = result.numAffectedRows
  } while (removed === BigInt(AT_ONCE))
}
