import type { Difference } from '../../db/tables.ts'

/** A difference in one line, as a developer reads it. */
export function told({ kind, id, what, columns, error }: Difference): string {
  const said = Object.entries(columns ?? {}).map(([name, [ours, stripes]]) => `${name} ${ours}, at Stripe ${stripes}`)
  return [`${kind} ${id}: ${what}`, ...said, ...(error ? [error] : [])].join('; ')
}
