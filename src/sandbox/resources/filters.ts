import type { z } from 'zod'
import type { created } from '../params.ts'
import type { Filter } from '../tx.ts'

/** `path` is written by us, never by a request. */
export const fieldIs = (path: string, value: unknown): Filter => [
  `data->>'${path}' = ?`,
  value === undefined ? undefined : String(value),
]

export function createdIn(range: z.output<typeof created> | undefined): Filter[] {
  if (range === undefined) return []
  if (typeof range === 'number') return [['created = ?', range]]
  return [
    ['created > ?', range.gt],
    ['created >= ?', range.gte],
    ['created < ?', range.lt],
    ['created <= ?', range.lte],
  ]
}
