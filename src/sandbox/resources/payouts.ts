import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import { book, dayAfter } from '../money/book.ts'
import { endPayout } from '../money/payouts.ts'
import { created, currency, integer, mergeMetadata, metadata, oneOf, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Filter, Tx } from '../tx.ts'
import { readBalance } from './balance.ts'
import { changed } from './customers.ts'
import { createdIn, fieldIs } from './filters.ts'

const HOUR = 60 * 60 * 1000
/** From payout to bank account. */
const DAYS = 2

export const payouts: Route[] = [
  post(
    '/payouts',
    params(
      {
        amount: integer({ min: 1 }),
        currency,
        description: text().optional(),
        metadata: metadata.optional(),
        method: oneOf('standard').optional(),
        statement_descriptor: text(22).optional(),
      },
      ['destination', 'payout_method', 'source_type'],
    ),
    (tx, given) => createPayout(tx, given),
  ),
  get(
    '/payouts',
    params(
      {
        ...page,
        arrival_date: created.optional(),
        created: created.optional(),
        status: oneOf('pending', 'in_transit', 'paid', 'failed', 'canceled').optional(),
      },
      ['destination'],
    ),
    (tx, given) =>
      tx.list('payout', '/v1/payouts', given, [
        fieldIs('status', given.status),
        ...createdIn(given.arrival_date).map(([condition, value]): Filter => [onArrival(condition), value]),
        ...createdIn(given.created),
      ]),
  ),
  get('/payouts/:id', params({}), (tx, _, id) => tx.get('payout', id)),
  post('/payouts/:id', params({ metadata: metadata.optional() }), async (tx, given, id) => {
    const { data: before } = await tx.lock<Stripe.Payout>('payout', id)
    const after = { ...before, metadata: mergeMetadata(before.metadata ?? {}, given.metadata) }
    tx.emit('payout.updated', after, changed(before, after))
    return tx.save(after)
  }),
  post('/payouts/:id/cancel', params({}), async (tx, _, id) => {
    const { data } = await tx.lock<Stripe.Payout>('payout', id)
    if (data.status !== 'pending' || data.automatic) {
      throw invalid(`Only manual payouts with status pending can be canceled. This one has status ${data.status}.`)
    }
    return endPayout(tx, data, 'canceled')
  }),
]

const onArrival = (condition: string) => condition.replace('created', "(data->>'arrival_date')::bigint")

export interface PayoutInput {
  amount: number
  currency: string
  automatic?: boolean
  description?: string
  metadata?: Parameters<typeof mergeMetadata>[1]
  statement_descriptor?: string
}

/** From the available balance to a bank account, which takes days. */
export async function createPayout(tx: Tx, given: PayoutInput): Promise<Stripe.Payout> {
  // One payout after the other: two may not spend the same money.
  await tx.db.query("select pg_advisory_xact_lock(hashtext('sandbox payout'))")
  const { amount, currency, automatic = false } = given
  if (amount > (await available(tx, currency))) {
    throw invalid('You have insufficient available funds in your Stripe account.', { code: 'balance_insufficient' })
  }
  const id = newId('po_1')
  const arrival = dayAfter(tx, DAYS)
  // What an automatic payout consists of can be asked for: all that is available, and itself.
  if (automatic) await claim(tx, currency, id)
  const transaction = await book(tx, {
    type: 'payout',
    reporting_category: 'payout',
    amount: -amount,
    currency,
    description: given.description ?? 'STRIPE PAYOUT',
    source: id,
    ...(automatic && { payout: id }),
  })
  const payout: Stripe.Payout = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: arrival / 1000,
    automatic,
    balance_transaction: transaction.id,
    created: tx.seconds,
    currency,
    description: given.description ?? 'STRIPE PAYOUT',
    destination: 'ba_1SandboxBankAccountLocal0',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: automatic ? 'in_progress' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: given.statement_descriptor ?? null,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  }
  await tx.setTimer('payout_leaves', id, tx.now + HOUR)
  await tx.setTimer('payout_arrives', id, arrival)
  tx.emit('payout.created', payout)
  return tx.insert(payout)
}

/** The timer of automatic payouts: all that is available, if anything is. */
export async function payOut(tx: Tx, currency: string): Promise<void> {
  const amount = await available(tx, currency)
  if (amount > 0) await createPayout(tx, { amount, currency, automatic: true })
}

export async function available(tx: Tx, currency: string): Promise<number> {
  const balance = await readBalance(tx)
  return balance.available.find((funds) => funds.currency === currency)?.amount ?? 0
}

async function claim(tx: Tx, currency: string, payout: string): Promise<void> {
  await tx.db.query(
    `update sandbox.objects set hidden = (hidden::jsonb || jsonb_build_object('payout', $2::text))::json
     where object = 'balance_transaction' and data->>'status' = 'available' and data->>'currency' = $1
       and hidden->>'payout' is null`,
    [currency, payout],
  )
}
