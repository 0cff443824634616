import type Stripe from 'stripe'

/** Times are Stripe's: seconds, UTC. */

export type Every = Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>

export const HOUR = 3600
export const DAY = 24 * HOUR

/** The next time after `after` that the cycle that began at `anchor` comes round. */
export function nextBoundary(anchor: number, every: Every, after: number): number {
  // Intervals are never longer than this, so the estimate is at or before the one sought.
  const longest = { day: DAY, week: 7 * DAY, month: 31 * DAY, year: 366 * DAY }[every.interval as 'day']
  let count = Math.max(Math.floor((after - anchor) / (longest * every.interval_count)), 0)
  while (addIntervals(anchor, every, count) <= after) count++
  return addIntervals(anchor, every, count)
}

/** Counted from the anchor: what began on the 31st ends on the 28th, and on the 31st again. */
export function addIntervals(anchor: number, { interval, interval_count }: Every, count: number): number {
  const steps = interval_count * count
  if (interval === 'day') return anchor + steps * DAY
  if (interval === 'week') return anchor + steps * 7 * DAY
  return addMonths(anchor, interval === 'year' ? steps * 12 : steps)
}

export function addMonths(from: number, months: number): number {
  const date = new Date(from * 1000)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return Math.floor(date.getTime() / 1000)
}
