import type { Db } from '../../db/connection.ts'
import type { Difference } from '../../db/tables.ts'
import type { Batch } from './batches.ts'
import type { Kind, KindName, Listed } from './kinds.ts'

type Row = Record<string, unknown> & { id: string }

/** What of a batch is missing in our tables or different there, and what of its span only we have. Changes nothing. */
export async function compare(db: Db, kind: Kind, batch: Batch): Promise<Difference[]> {
  const { name } = kind
  const objects = batch.objects as never[]
  const known = (await kind.ours?.(db, objects)) ?? new Set<string>()
  const listed = objects.flatMap((object) => kind.columns(object, known) ?? [])
  const rows = new Map((await rowsOf(db, name, batch)).map((row) => [row.id, row]))
  const differences = listed.flatMap((columns) => difference(name, columns, rows.get(columns.id)) ?? [])
  const ids = new Set(batch.objects.map(({ id }) => id))
  const unknown = [...rows.keys()].filter((id) => !ids.has(id))
  return [...differences, ...unknown.map((id): Difference => ({ kind: name, id, what: 'unknown to Stripe' }))]
}

function difference(kind: KindName, stripes: Listed, ours: Row | undefined): Difference | undefined {
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

/** Ours of the same span, and of the same ids wherever they stand. */
async function rowsOf(db: Db, name: KindName, { objects, span }: Batch): Promise<Row[]> {
  const spanned = span ? await rowsIn(db, name, span) : []
  const seen = new Set(spanned.map(({ id }) => id))
  const others = objects.map(({ id }) => id).filter((id) => !seen.has(id))
  if (others.length === 0) return spanned
  return [...spanned, ...(await tableOf(db, name).where('id', 'in', others).execute())]
}

function rowsIn(db: Db, name: KindName, { from, to }: NonNullable<Batch['span']>): Promise<Row[]> {
  let rows = tableOf(db, name).where('created_at', '>=', new Date(from * 1000))
  if (to !== undefined) rows = rows.where('created_at', '<', new Date(to * 1000))
  // Paid ones alone are compared: what is on its way is a loose end.
  if (name === 'payments') rows = rows.where('status', '=', 'paid')
  return rows.execute()
}

// What is asked for here, every one of these tables has.
const tableOf = (db: Db, name: KindName) => db.selectFrom(name as 'payouts').selectAll()
