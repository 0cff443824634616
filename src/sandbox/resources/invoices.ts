import { z } from 'zod'
import { collect, means } from '../billing/collect.ts'
import { finalizeInvoice, updateInvoice, voidInvoice } from '../billing/finalize.ts'
import { cardError } from '../billing/invoice-now.ts'
import { previewInvoice } from '../billing/preview.ts'
import { lockInvoice } from '../billing/state.ts'
import { retry } from '../billing/timers.ts'
import type { Invoice } from '../billing/types.ts'
import { invalid } from '../errors.ts'
import {
  boolean,
  created,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  optionalText,
  page,
  params,
  text,
} from '../params.ts'
import { settleSoon } from '../payment.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'
import { changedItems, discounts, prorationBehavior } from './recurring-items.ts'

const INVOICE = 'invoice'
const PreviewParams = params(
  {
    customer: text().optional(),
    discounts: discounts.optional(),
    subscription: text().optional(),
    subscription_details: params(
      {
        cancel_at_period_end: boolean.optional(),
        items: changedItems.optional(),
        proration_behavior: prorationBehavior,
        proration_date: integer().optional(),
        trial_end: z.union([oneOf('now'), integer()]).optional(),
      },
      [
        'billing_cycle_anchor',
        'billing_mode',
        'billing_schedules',
        'cancel_at',
        'cancel_now',
        'default_tax_rates',
        'resume_at',
        'start_date',
      ],
    ).optional(),
  },
  [
    'automatic_tax',
    'currency',
    'customer_details',
    'invoice_items',
    'issuer',
    'on_behalf_of',
    'preview_mode',
    'schedule',
    'schedule_details',
  ],
)
export type PreviewInput = z.output<typeof PreviewParams>

export const invoices: Route[] = [
  get(
    '/invoices',
    params(
      {
        ...page,
        collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
        created: created.optional(),
        customer: text().optional(),
        status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void').optional(),
        subscription: text().optional(),
      },
      ['customer_account', 'due_date'],
    ),
    (tx, given) =>
      tx.list(INVOICE, '/v1/invoices', given, [
        fieldIs('customer', given.customer),
        fieldIs('status', given.status),
        fieldIs('collection_method', given.collection_method),
        ["data->'parent'->'subscription_details'->>'subscription' = ?", given.subscription],
        ...createdIn(given.created),
      ]),
  ),
  post('/invoices/create_preview', PreviewParams, previewInvoice),
  get('/invoices/:id', params({}), (tx, _, id) => tx.get(INVOICE, id)),
  post(
    '/invoices/:id',
    params({ auto_advance: boolean.optional(), description: optionalText().optional(), metadata: metadata.optional() }),
    async (tx, { metadata, ...changes }, id) => {
      const data = await lockInvoice(tx, id)
      return updateInvoice(tx, data, { ...changes, metadata: mergeMetadata(data.metadata ?? {}, metadata) })
    },
  ),
  post('/invoices/:id/finalize', params({ auto_advance: boolean.optional() }), async (tx, given, id) => {
    const data = await lockInvoice(tx, id)
    if (data.status !== 'draft') {
      throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
        code: 'invoice_not_editable',
      })
    }
    await finalizeInvoice(tx, data)
    if (given.auto_advance ?? data.auto_advance) await retry(tx, id)
    return tx.get(INVOICE, id)
  }),
  post(
    '/invoices/:id/pay',
    params({ payment_method: text().optional(), off_session: boolean.optional() }, [
      'forgive',
      'mandate',
      'paid_out_of_band',
      'source',
    ]),
    async (tx, given, id) => payByApi(tx, id, given.payment_method),
  ),
  post('/invoices/:id/void', params({}), async (tx, _, id) => {
    const data = await lockInvoice(tx, id)
    if (data.status !== 'open' && data.status !== 'uncollectible') {
      throw invalid(`You can only void an open or uncollectible invoice. This one is ${data.status}.`)
    }
    return voidInvoice(tx, data)
  }),
  post('/invoices/:id/mark_uncollectible', params({}), async (tx, _, id) => {
    const data = await lockInvoice(tx, id)
    if (data.status !== 'open') throw invalid('You can only mark an open invoice as uncollectible.')
    await tx.clearTimer('retry', id)
    const status_transitions = { ...data.status_transitions, marked_uncollectible_at: tx.seconds }
    const after: Invoice = { ...data, next_payment_attempt: null, status: 'uncollectible', status_transitions }
    tx.emit('invoice.marked_uncollectible', after)
    return tx.save(after)
  }),
  get('/invoices/:id/lines', params(page), async (tx, given, id) => {
    const { lines } = await tx.get<Invoice>(INVOICE, id)
    const from = given.starting_after ? lines.data.findIndex((line) => line.id === given.starting_after) + 1 : 0
    const until = from + (given.limit ?? 10)
    return { ...lines, data: lines.data.slice(from, until), has_more: lines.data.length > until }
  }),
]

/** A refusal is answered with an error, and yet it happened. */
async function payByApi(tx: Tx, id: string, method: string | undefined): Promise<object> {
  const data = await lockInvoice(tx, id)
  if (data.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  if (data.status === 'draft') await finalizeInvoice(tx, data)
  else if (data.status !== 'open') throw invalid(`This invoice is ${data.status} and cannot be paid.`)
  const by = method ? await means(tx, method) : undefined
  if (method && !by)
    throw invalid(`No such PaymentMethod: '${method}'`, { code: 'resource_missing', param: 'payment_method' })
  const { charge, decline } = await collect(tx, id, { automatic: false, ...(by && { means: by }) })
  if (decline) return cardError(decline)
  if (charge) await settleSoon(tx, charge)
  return tx.get(INVOICE, id)
}
