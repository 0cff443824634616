import { sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Db } from '../db/connection.ts'
import type { Todo } from '../feature.ts'
import { formatMoney } from '../money.ts'
import type { Locale } from '../ui/i18n.ts'
import { eventsThatFailed, mailsThatFailed, readBalanceChecks } from './state.ts'
import { words } from './words.ts'

const MOST = 5
const href = '/dashboard/health'

/** What does not mend itself: mail that was given up, events that could not be applied, books that differ. The oldest few of each. */
export async function troubles(
  { db, config }: { db: Db; config: Pick<Config, 'stripe'> },
  locale: Locale,
): Promise<Todo[]> {
  const [mails, events, balances, late] = await Promise.all([
    mailsThatFailed(db, MOST),
    eventsThatFailed(db, MOST),
    readBalanceChecks(db),
    isReconcileLate(db),
  ])
  const t = words[locale]
  return [
    ...(late && config.stripe.isUsed ? [{ text: t.reconcileLate, note: late.error ?? '', href }] : []),
    ...balances.flatMap(({ currency, ours, stripes, differs_since }) => {
      const by = formatMoney({ amount: ours - stripes, currency }, locale)
      return differs_since ? [{ text: t.differsTodo(by), href }] : []
    }),
    ...mails.map(({ recipient, error }) => ({ text: t.failedMail(recipient), note: error ?? '', href })),
    ...events.map(({ type, error }) => ({ text: t.failedEvent(type), note: error ?? '', href })),
  ]
}

/** It begins every hour; hours without one that ended are told, with the reason of the newest. */
async function isReconcileLate(db: Db): Promise<{ error: string | null } | undefined> {
  const { rows } = await sql<{ error: string | null }>`
    select (select error from reconciliations where not dry_run order by id desc limit 1) as error
    from reconciliations where not dry_run
    having min(started_at) < now() - interval '3 hours'
      and coalesce(max(finished_at), '-infinity') < now() - interval '3 hours'
  `.execute(db)
  return rows[0]
}
