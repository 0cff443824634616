import type { Trx } from '../connection.ts'
import { query, type Table } from './tables.ts'

// Large enough that round trips don't count, small enough that a batch of Stripe's events fits the memory many times.
const BATCH = 500

/**
 * Copies all rows of `tables` and the positions of the sequences in `schemas`, from one transaction into another.
 * The tables must be the same on both sides and empty in `to`. They stay locked against writers until `to` ends.
 */
export async function copyAll(from: Trx, to: Trx, tables: Table[], schemas: string[]): Promise<void> {
  await settle(from)
  await settle(to)
  const keys = await foreignKeys(to, schemas)
  // In whatever order the tables come, and whatever refers to itself: the references are checked when all is there.
  for (const { table, name } of keys) await query(to, `alter table ${table} alter constraint ${name} deferrable`)
  await query(to, 'set constraints all deferred')
  for (const table of tables) await copyTable(from, to, table)
  await query(to, 'set constraints all immediate')
  for (const { table, name } of keys) await query(to, `alter table ${table} alter constraint ${name} not deferrable`)
  await copySequences(from, to, schemas)
}

/** Every value goes as text, which loses nothing if both sides write it alike; a managed server must not cut a long copy off. */
async function settle(trx: Trx): Promise<void> {
  const settings = {
    timezone: 'UTC',
    datestyle: 'ISO, MDY',
    intervalstyle: 'postgres',
    bytea_output: 'hex',
    extra_float_digits: '1',
    statement_timeout: '0',
    idle_in_transaction_session_timeout: '0',
  }
  for (const [name, value] of Object.entries(settings))
    await query(trx, 'select set_config($1, $2, true)', [name, value])
}

function foreignKeys(trx: Trx, schemas: string[]): Promise<{ table: string; name: string }[]> {
  return query(
    trx,
    `select format('%I.%I', nspname, relname) as table, quote_ident(conname) as name
      from pg_constraint join pg_class on pg_class.oid = conrelid join pg_namespace on pg_namespace.oid = relnamespace
      where contype = 'f' and not condeferrable and conparentid = 0 and nspname = any($1)`,
    [schemas],
  )
}

async function copyTable(from: Trx, to: Trx, { name, columns }: Table): Promise<void> {
  const read = columns.map((column, index) => `${column.name}::text as c${index}`).join()
  await query(from, `declare copied no scroll cursor for select ${read} from ${name}`)
  const write = `insert into ${name} (${columns.map((column) => column.name).join()}) overriding system value
    select ${columns.map(({ type }, index) => `c${index}::${type}`).join()}
    from unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join()}) as copied(${columns.map((_, index) => `c${index}`).join()})`
  for (;;) {
    const rows = await query<Record<string, string | null>>(from, `fetch ${BATCH} from copied`)
    if (rows.length === 0) break
    const values = columns.map((_, index) => rows.map((row) => row[`c${index}`]))
    await query(to, write, values)
  }
  await query(from, 'close copied')
}

async function copySequences(from: Trx, to: Trx, schemas: string[]): Promise<void> {
  for (const { name, position, used } of await sequencesOf(from, schemas)) {
    await query(to, 'select setval($1::regclass, $2::bigint, $3)', [name, position, used])
  }
}

/** Where the next number comes from. */
export function sequencesOf(trx: Trx, schemas: string[]): Promise<{ name: string; position: string; used: boolean }[]> {
  return query(
    trx,
    `select format('%I.%I', schemaname, sequencename) as name, coalesce(last_value, start_value)::text as position,
        last_value is not null as used
      from pg_sequences where schemaname = any($1) order by 1`,
    [schemas],
  )
}
