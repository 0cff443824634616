import { formatMoney } from '../../money.ts'
import type { Trx } from '../connection.ts'
import { sequencesOf } from './copy.ts'
import { query, type Table } from './tables.ts'

export interface Comparison {
  table: string
  rows: string
  /** "amount ¥13.20 CNY", of the columns that hold money. */
  sums: string
  same: boolean
}

/** Counts, adds up and hashes every table on both sides. The hash is of each row's text, whatever their order. */
export async function compareAll(from: Trx, to: Trx, tables: Table[], schemas: string[]): Promise<Comparison[]> {
  const compared: Comparison[] = []
  for (const table of tables) {
    const [before, after] = [await figuresOf(from, table), await figuresOf(to, table)]
    compared.push({ table: table.name, rows: after.rows, sums: after.sums, same: isSame(before, after) })
  }
  const [before, after] = [await sequencesOf(from, schemas), await sequencesOf(to, schemas)]
  compared.push({ table: 'sequences', rows: String(after.length), sums: '', same: isSame(before, after) })
  return compared
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

async function figuresOf(trx: Trx, table: Table): Promise<{ rows: string; hash: string; sums: string }> {
  const row = `row(${table.columns.map(({ name }) => `${name}::text`).join()})::text`
  // SHA-256, since servers that keep to FIPS have no md5; its first 60 bits are a number that sums don't overflow.
  const number = `('x' || left(encode(sha256(convert_to(${row}, 'UTF8')), 'hex'), 15))::bit(60)::bigint`
  const [figures] = await query<{ rows: string; hash: string }>(
    trx,
    `select count(*)::text as rows, coalesce(sum(${number}), 0)::text as hash from ${table.name}`,
  )
  return { ...figures!, sums: await sumsOf(trx, table) }
}

const MONEY = ['amount', 'refunded', 'fee', 'net']

async function sumsOf(trx: Trx, { name, columns }: Table): Promise<string> {
  const names = columns.map((column) => column.name)
  const money = MONEY.filter((column) => names.includes(column))
  if (money.length === 0 || !names.includes('currency')) return ''
  const rows = await query<Record<string, string>>(
    trx,
    `select currency, ${money.map((column) => `sum(${column})::text as ${column}`).join()} from ${name} group by 1 order by 1`,
  )
  const inWords = (row: Record<string, string>, column: string) =>
    `${column} ${formatMoney({ amount: Number(row[column]), currency: row.currency! }, 'en')} ${row.currency!.toUpperCase()}`
  return rows.flatMap((row) => money.map((column) => inWords(row, column))).join(', ')
}
