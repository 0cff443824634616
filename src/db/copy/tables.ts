import { CompiledQuery } from 'kysely'
import type { Db } from '../connection.ts'

/** A table as its database describes it. All names are quoted as SQL wants them. */
export interface Table {
  name: string
  columns: { name: string; type: string }[]
}

/** The tables of some schemas, except the migrator's own, which each database has for itself. */
export function tablesOf(db: Db, schemas: string[]): Promise<Table[]> {
  return query<Table>(
    db,
    `select format('%I.%I', nspname, relname) as name,
        json_agg(json_build_object('name', quote_ident(attname), 'type', format_type(atttypid, atttypmod)) order by attname) as columns
      from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace
      join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
      where relkind in ('r', 'p') and not relispartition and nspname = any($1) and relname not like 'kysely\\_migration%'
      group by 1 order by 1`,
    [schemas],
  )
}

/** Of these tables, those with rows; one that does not exist has none. */
export async function filledOf(db: Db, tables: Table[]): Promise<string[]> {
  const names = tables.map(({ name }) => name)
  const found = await query<{ name: string }>(
    db,
    'select name from unnest($1::text[]) as name where to_regclass(name) is not null',
    [names],
  )
  const filled: string[] = []
  for (const { name } of found) {
    const [row] = await query<{ filled: boolean }>(db, `select exists (select from ${name}) as filled`)
    if (row?.filled) filled.push(name)
  }
  return filled
}

export async function query<Row = unknown>(db: Db, text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, values) as CompiledQuery<Row>)
  return rows
}
