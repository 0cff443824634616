import type { Db } from '../../db/connection.ts'
import type { Difference } from '../../db/tables.ts'
import type { Batch } from './batches.ts'
import type { Columns, Kind, KindName, Listed } from './kinds.ts'

type Row = Record<string, unknown> & { id: string }

/** Something that differs, and the object of Stripe's that says so; what only we have has none. */
export interface Found {
  difference: Difference
  object?: Listed
}

/** What of a batch is missing in our tables or different there, and what of its span only we have. Changes nothing. */
export async function compare(db: Db, kind: Kind, { objects, span }: Batch): Promise<Found[]> {
  const ours = (await kind.ours?.(db, objects)) ?? new Set<string>()
  const listed = objects.flatMap((object) => {
    const columns = kind.columns(object, ours)
    return columns ? [{ object, columns }] : []
  })
  const ids = listed.map(({ columns }) => columns.id)
  const spanned = span && !kind.isPart ? await rowsIn(db, kind.name, span) : []
  const rows = byId([...spanned, ...(await rowsOf(db, kind.name, ids))])
  const known = new Set([...ids, ...objects.map(({ id }) => id)])
  return [
    ...listed.flatMap(({ object, columns }) => {
      const difference = differenceOf(kind.name, columns, rows.get(columns.id))
      return difference ? [{ difference, object }] : []
    }),
    ...spanned
      .filter(({ id }) => !known.has(id))
      .map(({ id }): Found => ({ difference: { kind: kind.name, id, what: 'unknown to Stripe' } })),
  ]
}

function differenceOf(kind: KindName, stripes: Columns, ours: Row | undefined): Difference | undefined {
  const { id } = stripes
  if (!ours) return { kind, id, what: 'missing' }
  const columns = Object.entries(stripes)
    .filter(([name, value]) => !isSame(ours[name], value))
    .map(([name, value]) => [name, [ours[name] ?? null, value ?? null]])
  return columns.length > 0 ? { kind, id, what: 'different', columns: Object.fromEntries(columns) } : undefined
}

function isSame(ours: unknown, stripes: unknown): boolean {
  if (stripes instanceof Date) return ours instanceof Date && ours.getTime() === stripes.getTime()
  return (ours ?? null) === (stripes ?? null)
}

const byId = (rows: Row[]) => new Map(rows.map((row) => [row.id, row]))

async function rowsOf(db: Db, name: KindName, ids: string[]): Promise<Row[]> {
  return ids.length > 0 ? tableOf(db, name).where('id', 'in', ids).execute() : []
}

function rowsIn(db: Db, name: KindName, { from, to }: NonNullable<Batch['span']>): Promise<Row[]> {
  let rows = tableOf(db, name).where('created_at', '>=', new Date(from * 1000))
  if (to !== undefined) rows = rows.where('created_at', '<', new Date(to * 1000))
  // What is on its way is a loose end, and of what cost nothing there is no PaymentIntent.
  if (name === 'payments') rows = rows.where('status', '=', 'paid').where('amount', '>', 0)
  return rows.execute()
}

// What is asked for here, every one of these tables has.
const tableOf = (db: Db, name: KindName) => db.selectFrom(name as 'payouts').selectAll()
