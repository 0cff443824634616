import type { Context } from 'hono'
import type { Db } from '../db/connection.ts'
import { dailyGross } from './books.ts'

/** What the chart covers: days, or months. */
export const ranges = ['7d', '30d', '12m'] as const
export type Range = (typeof ranges)[number]

export function chosenRange(c: Context): Range {
  const wanted = c.req.query('range')
  return ranges.find((range) => range === wanted) ?? '30d'
}

/** Gross of each day or month, the oldest first, the running one last. `date` is yyyy-mm-dd, of a month its first day. */
export async function grossOver(
  db: Db,
  { range, ...books }: { currency: string; timeZone: string; range: Range },
): Promise<{ date: string; gross: number }[]> {
  if (range !== '12m') {
    const days = await dailyGross(db, { ...books, days: range === '7d' ? 7 : 30 })
    return days.map(({ day, gross }) => ({ date: day, gross }))
  }
  // Twelve months are never more; those before are cut off.
  const days = await dailyGross(db, { ...books, days: 366 })
  const months = Map.groupBy(days, ({ day }) => `${day.slice(0, 7)}-01`)
  return [...months].slice(-12).map(([date, of]) => ({ date, gross: of.reduce((sum, { gross }) => sum + gross, 0) }))
}
