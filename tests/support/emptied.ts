/** One statement on a database, by whatever driver. */
export type Ask = (text: string) => Promise<{ rows: unknown[] }>

// What every start finds already there; the queue makes a partition of its statistics for each day.
const KEPT = `schemaname = 'pgboss' and (tablename in ('version', 'queue') or tablename like 'queue\\_stats%')
  or tablename like 'kysely\\_migration%'`
const tables = `select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname !~ '^pg_' and schemaname <> 'information_schema' and not (${KEPT}) order by 1`

let expected: string[] | undefined

/** Remembers the tables of a database just prepared: a database that has others is not worth keeping. */
export async function rememberTables(ask: Ask): Promise<void> {
  expected ??= await names(ask)
}

/** Takes every row out of a database; false when the test changed its tables, so that no other may have it. */
export async function emptied(ask: Ask): Promise<boolean> {
  const found = await names(ask)
  if (found.join() !== expected?.join()) return false
  const { rows } = await ask(
    found.map((name) => `select '${name}' as name where exists (select from ${name})`).join(' union all '),
  )
  const filled = (rows as { name: string }[]).map(({ name }) => name)
  if (filled.length) await ask(`truncate ${filled.join()} restart identity cascade`)
  return true
}

async function names(ask: Ask): Promise<string[]> {
  const { rows } = await ask(tables)
  return (rows as { name: string }[]).map(({ name }) => name)
}
