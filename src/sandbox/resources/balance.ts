import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { created, page, params, text } from '../params.ts'
import { get, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'

export const balance: Route[] = [get('/balance', params({}), (tx) => readBalance(tx))]

/** The sum of the balance transactions. */
export async function readBalance(tx: Tx): Promise<Stripe.Balance> {
  const { rows } = await tx.db.query<{ currency: string; status: string; amount: string }>(
    `select data->>'currency' as currency, data->>'status' as status, sum((data->>'net')::bigint)::text as amount
     from sandbox.objects where object = 'balance_transaction' group by 1, 2 order by 1`,
  )
  const currencies = new Set([tx.config.settlementCurrency, ...rows.map((row) => row.currency)])
  const of = (status: string) =>
    [...currencies].map((currency) => ({
      amount: rows
        .filter((row) => row.currency === currency && row.status === status)
        .reduce((sum, row) => sum + Number(row.amount), 0),
      currency,
    }))
  return { object: 'balance', available: of('available'), livemode: false, pending: of('pending') }
}

export const balanceTransactions: Route[] = [
  get(
    '/balance_transactions',
    params({
      ...page,
      created: created.optional(),
      currency: text().optional(),
      source: text().optional(),
      type: text().optional(),
      payout: text().optional(),
    }),
    async (tx, given) => {
      if (given.payout) await checkPayout(tx, given.payout)
      return tx.list('balance_transaction', '/v1/balance_transactions', given, [
        fieldIs('currency', given.currency),
        fieldIs('source', given.source),
        fieldIs('type', given.type),
        ["hidden->>'payout' = ?", given.payout],
        ...createdIn(given.created),
      ])
    },
  ),
  get('/balance_transactions/:id', params({}), (tx, _, id) => tx.get('balance_transaction', id)),
]

async function checkPayout(tx: Tx, id: string): Promise<void> {
  const payout = await tx.named<Stripe.Payout>('payout', id, 'payout')
  if (payout.automatic) return
  throw invalid('Balance transaction history can only be filtered on automatic payouts, not manual.', {
    param: 'payout',
  })
}
