import type Stripe from 'stripe'
import type { z } from 'zod'
import { cancelNow } from '../billing/cancel.ts'
import { changeSubscription } from '../billing/change.ts'
import { meansOf } from '../billing/collect.ts'
import { finalizeInvoice } from '../billing/finalize.ts'
import { payNow } from '../billing/invoice-now.ts'
import { alone, lockSubscription } from '../billing/state.ts'
import { openSubscription } from '../billing/subscribe.ts'
import type { Subscription } from '../billing/types.ts'
import { invalid } from '../errors.ts'
import { boolean, created, mergeMetadata, oneOf, page, params, text } from '../params.ts'
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'
import { changesOf, itemsOf, reductionsOf, trialEnd } from './recurring-items.ts'
import { CreateParams, cancellationDetails, UpdateParams } from './subscription-params.ts'

const STATUSES = [
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const
const ENDED = ['canceled', 'incomplete_expired']

export const subscriptions: Route[] = [
  post('/subscriptions', CreateParams, createByApi),
  get(
    '/subscriptions',
    params(
      {
        ...page,
        collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
        created: created.optional(),
        customer: text().optional(),
        price: text().optional(),
        status: oneOf(...STATUSES).optional(),
      },
      ['automatic_tax', 'current_period_end', 'current_period_start', 'customer_account', 'plan', 'test_clock'],
    ),
    (tx, { status, ...given }) =>
      tx.list('subscription', '/v1/subscriptions', given, [
        fieldIs('customer', given.customer),
        fieldIs('collection_method', given.collection_method),
        [
          `exists (select from json_array_elements(data->'items'->'data') item where item->'price'->>'id' = ?)`,
          given.price,
        ],
        ["data->>'status' = any(?)", status === 'ended' ? ENDED : status && status !== 'all' ? [status] : undefined],
        // Unless they are asked for, those that are over are left out.
        ["not data->>'status' = any(?)", status ? undefined : ENDED],
        ...createdIn(given.created),
      ]),
  ),
  get('/subscriptions/:id', params({}), (tx, _, id) => tx.get('subscription', id)),
  post('/subscriptions/:id', UpdateParams, async (tx, given, id) => {
    const before = await lockSubscription(tx, id)
    return changeByApi(tx, before, given)
  }),
  del(
    '/subscriptions/:id',
    params({
      cancellation_details: cancellationDetails.optional(),
      invoice_now: boolean.optional(),
      prorate: boolean.optional(),
    }),
    async (tx, given, id) => cancelNow(tx, await lockSubscription(tx, id), given),
  ),
]

async function createByApi(tx: Tx, given: z.output<typeof CreateParams>): Promise<Subscription> {
  await alone(tx)
  const customer = await tx.named<Stripe.Customer>('customer', given.customer, 'customer')
  if (given.default_payment_method)
    await tx.named('payment_method', given.default_payment_method, 'default_payment_method')
  const items = await itemsOf(tx, given.items)
  const trial_end = trialEnd(tx, given)
  const default_payment_method = given.default_payment_method ?? null
  const { subscription, invoice: draft } = await openSubscription(tx, {
    customer: customer.id,
    items,
    default_payment_method,
    metadata: mergeMetadata({}, given.metadata),
    reductions: await reductionsOf(tx, given.discounts),
    automatic_tax: given.automatic_tax?.enabled ?? false,
    ...(given.payment_settings?.save_default_payment_method && {
      save_default_payment_method: given.payment_settings.save_default_payment_method,
    }),
    ...(given.description !== undefined && { description: given.description }),
    ...(trial_end && { trial_end }),
    ...(given.trial_settings && { missing_payment_method: given.trial_settings.end_behavior.missing_payment_method }),
    ...(typeof given.cancel_at === 'number' && { cancel_at: given.cancel_at }),
    cancel_at_period_end: given.cancel_at_period_end ?? typeof given.cancel_at === 'string',
  })
  await tx.tellLast(/^(payment_intent|charge)\./, async () => {
    const invoice = await finalizeInvoice(tx, draft)
    if (!invoice.amount_due) return payNow(tx, invoice, false)
    if (given.payment_behavior === 'default_incomplete') return
    if (!(await meansOf(tx, invoice))) {
      throw invalid('This customer has no attached payment source or default payment method.', {
        code: 'resource_missing',
      })
    }
    await payNow(tx, invoice, given.payment_behavior === 'error_if_incomplete')
  })
  return tx.get<Subscription>('subscription', subscription.id)
}

export async function changeByApi(
  tx: Tx,
  before: Subscription,
  given: z.output<typeof UpdateParams>,
): Promise<Subscription> {
  const { metadata, items, discounts, billing_cycle_anchor, automatic_tax, payment_behavior, ...rest } = given
  if (rest.default_payment_method) {
    await tx.named('payment_method', rest.default_payment_method, 'default_payment_method')
  }
  return changeSubscription(tx, before, {
    ...rest,
    error_if_incomplete: payment_behavior === 'error_if_incomplete',
    ...(items && { items: await changesOf(tx, items) }),
    ...(metadata !== undefined && { metadata: mergeMetadata(before.metadata, metadata) }),
    ...(discounts && { reductions: await reductionsOf(tx, discounts) }),
    ...(billing_cycle_anchor && { reset_anchor: billing_cycle_anchor.type === 'now' }),
    ...(automatic_tax && { automatic_tax: automatic_tax.enabled }),
  })
}
