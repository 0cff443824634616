import type { Db } from '../db/connection.ts'
import { formatMoney } from '../money.ts'
import { formatDate, type Locale, relativeTime } from '../ui/i18n.ts'
import { words } from './words.ts'

export interface Agreement {
  /** Our sum less Stripe's, in minor units. */
  difference: number
  currency: string
  checkedAt: Date
  since: Date | null
}

/** How the books of a currency compare with Stripe's balance, as reconcile saw it last; undefined before it has. */
export async function agreementOf(db: Db, currency: string): Promise<Agreement | undefined> {
  const check = await db.selectFrom('balance_checks').selectAll().where('currency', '=', currency).executeTakeFirst()
  if (!check) return undefined
  const { ours, stripes, checked_at, differs_since } = check
  return { difference: ours - stripes, currency, checkedAt: checked_at, since: differs_since }
}

export function AgreementLine({
  agreement,
  locale,
  timeZone,
  now,
}: {
  agreement: Agreement | undefined
  locale: Locale
  timeZone: string
  now: Date
}) {
  if (!agreement) return null
  const t = words[locale]
  const { difference, currency, checkedAt, since } = agreement
  const by = formatMoney({ amount: difference, currency }, locale)
  return (
    <p class="small muted">
      <a href="/dashboard/health">{since ? t.differs(by, formatDate(since, locale, timeZone, 'date')) : t.agrees}</a> ·{' '}
      {relativeTime(checkedAt, locale, now)}
    </p>
  )
}
