import { sql } from 'kysely'
import { formatMoney, type Money } from '../money.ts'
import type { Db } from './connection.ts'

/** What tells an owner which moment of his business a database is. */
export interface Holdings {
  migrations: number
  payments: number
  /** Of all that was paid, before refunds, one per currency. */
  paid: Money[]
  lastPaidAt: Date | undefined
}

export async function holdingsOf(db: Db): Promise<Holdings> {
  const { rows: steps } = await sql`select name from kysely_migration`.execute(db)
  const paid = await db
    .selectFrom('payments')
    .where('paid_at', 'is not', null)
    .groupBy('currency')
    .orderBy('currency')
    .select((row) => [
      'currency',
      row.fn.countAll<number>().as('payments'),
      // sum(bigint) is numeric, which comes as text.
      row.fn.sum<string>('amount').as('amount'),
      row.fn.max('paid_at').as('last'),
    ])
    .execute()
  const last = Math.max(...paid.map((row) => row.last?.getTime() ?? 0))
  return {
    migrations: steps.length,
    payments: paid.reduce((sum, row) => sum + row.payments, 0),
    paid: paid.map(({ amount, currency }) => ({ amount: Number(amount), currency })),
    lastPaidAt: paid.length > 0 ? new Date(last) : undefined,
  }
}

/** For the terminal. */
export function describe({ migrations, payments, paid, lastPaidAt }: Holdings): string {
  const sums = paid.map((money) => `${formatMoney(money, 'en')} ${money.currency.toUpperCase()}`).join(', ')
  const last = lastPaidAt ? `, the last at ${lastPaidAt.toISOString()}` : ''
  return `  ${migrations} migrations\n  ${payments} payments${sums && ` of ${sums}`}${last}`
}
