import type Stripe from 'stripe'
import { z } from 'zod'
import { newId } from '../ids.ts'
import {
  address,
  created,
  email,
  integer,
  mergeMetadata,
  metadata,
  optionalText,
  page,
  params,
  text,
} from '../params.ts'
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'
import { attach, existing } from './payment-method-routes.ts'

const shape = {
  address: z.union([z.literal(''), address]).optional(),
  description: optionalText().optional(),
  email: z.union([z.literal('').transform(() => null), email]).optional(),
  metadata: metadata.optional(),
  name: optionalText(256).optional(),
  phone: optionalText(20).optional(),
  preferred_locales: z.array(text()).optional(),
  balance: integer().optional(),
  invoice_settings: params({ default_payment_method: optionalText().optional() }, [
    'custom_fields',
    'footer',
    'rendering_options',
  ]).optional(),
}
const later = [
  'business_name',
  'cash_balance',
  'default_source',
  'individual_name',
  'invoice_prefix',
  'next_invoice_sequence',
  'shipping',
  'source',
  'tax',
  'tax_exempt',
  'tax_id_data',
  'test_clock',
  'validate',
]
const CustomerParams = params(shape, later)

export const customers: Route[] = [
  post(
    '/customers',
    params({ ...shape, payment_method: text().optional() }, later),
    async (tx, { payment_method, ...given }) => {
      const customer = await createCustomer(tx, given)
      if (payment_method) await attach(tx, await existing(tx, payment_method, customer), customer.id)
      return customer
    },
  ),
  get(
    '/customers',
    params({ ...page, created: created.optional(), email: text().optional() }, ['test_clock']),
    (tx, given) =>
      tx.list('customer', '/v1/customers', given, [fieldIs('email', given.email), ...createdIn(given.created)]),
  ),
  get('/customers/:id', params({}), async (tx, _, id) => {
    const row = await tx.row<Stripe.Customer>('customer', id)
    return row?.deleted ? { id, object: 'customer', deleted: true } : tx.get('customer', id)
  }),
  post('/customers/:id', CustomerParams, async (tx, given, id) => {
    const { data: before } = await tx.lock<Stripe.Customer>('customer', id)
    const { metadata, invoice_settings, ...changes } = withAddress(given)
    const method = invoice_settings?.default_payment_method
    if (method) await tx.named('payment_method', method, 'invoice_settings[default_payment_method]')
    const after = {
      ...before,
      ...changes,
      invoice_settings: { ...before.invoice_settings, ...invoice_settings },
      metadata: mergeMetadata(before.metadata, metadata),
    }
    tx.emit('customer.updated', after, changed(before, after))
    return tx.save(after)
  }),
  del('/customers/:id', params({}), async (tx, _, id) => {
    const { data } = await tx.lock<Stripe.Customer>('customer', id)
    await tx.delete(id)
    tx.emit('customer.deleted', data)
    return { id, object: 'customer', deleted: true }
  }),
]

export async function createCustomer(tx: Tx, given: z.output<typeof CustomerParams>): Promise<Stripe.Customer> {
  const { metadata, invoice_settings, ...known } = withAddress(given)
  const customer = {
    id: newId('cus_', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: tx.seconds,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newId('', 8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
      ...invoice_settings,
    },
    livemode: false,
    metadata: mergeMetadata({}, metadata),
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...known,
  } satisfies Stripe.Customer
  tx.emit('customer.created', customer)
  return tx.insert(customer)
}

function withAddress({ address, ...rest }: z.output<typeof CustomerParams>) {
  if (address === undefined) return rest
  if (address === '') return { ...rest, address: null }
  const empty = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }
  return { ...rest, address: { ...empty, ...address } }
}

/** What *.updated events carry as previous_attributes: the old values of what changed. */
export function changed<T extends object>(before: T, after: T): Partial<T> {
  const entries = Object.entries(before) as [keyof T, unknown][]
  return Object.fromEntries(
    entries.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(after[key])),
  ) as Partial<T>
}
