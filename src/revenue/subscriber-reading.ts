import type { Db } from '../db/connection.ts'
import type { Summary } from './subscriber-parts.tsx'
import {
  lastThirtyDays,
  lifetimeValue,
  monthlyMovements,
  paidSoFar,
  subscribedCurrencies,
  subscribersNow,
} from './subscribers.ts'

const MONTHS = 12

/** For the dashboard, one for each currency: money of two is never added. */
export async function summaries(db: Db, timeZone: string): Promise<Summary[]> {
  const now = new Date()
  const currencies = await subscribedCurrencies(db)
  return Promise.all(
    currencies.map(async (currency) => {
      const [present, [month]] = await Promise.all([
        subscribersNow(db, currency),
        monthlyMovements(db, { currency, timeZone, count: 1, now }),
      ])
      return { mrr: { amount: present.mrr, currency }, active: present.active, month: month! }
    }),
  )
}

/** All there is to say of the subscribers in one currency. */
export async function readSubscribers(db: Db, currency: string, timeZone: string) {
  const now = new Date()
  const [present, recent, months, soFar] = await Promise.all([
    subscribersNow(db, currency),
    lastThirtyDays(db, { currency, now }),
    monthlyMovements(db, { currency, timeZone, count: MONTHS, now }),
    paidSoFar(db, currency),
  ])
  return { present, recent, months, soFar, lifetime: lifetimeValue(present, recent) }
}
