import type Stripe from 'stripe'
import { z } from 'zod'
import { MAXIMUM, minimumFor } from '../currencies.ts'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import {
  boolean,
  created,
  currency,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  optionalText,
  page,
  params,
  text,
} from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { createdIn, fieldIs } from './filters.ts'
import { createProduct } from './products.ts'

/** As the API sends it: the SDK turns unit_amount_decimal into a Decimal. */
export type Price = Omit<Stripe.Price, 'unit_amount_decimal'> & { unit_amount_decimal: string | null }

const amount = integer({ min: 0, max: MAXIMUM })
export const recurring = params(
  { interval: oneOf('day', 'month', 'week', 'year'), interval_count: integer({ min: 1 }).optional() },
  ['meter', 'trial_period_days', 'usage_type'],
)
const taxBehavior = oneOf('exclusive', 'inclusive', 'unspecified').optional()
const shape = {
  active: boolean.optional(),
  lookup_key: text(200).optional(),
  metadata: metadata.optional(),
  nickname: optionalText().optional(),
  tax_behavior: taxBehavior,
  transfer_lookup_key: boolean.optional(),
}
const PriceParams = params(
  {
    ...shape,
    currency,
    custom_unit_amount: z
      .strictObject({
        enabled: boolean,
        maximum: amount.optional(),
        minimum: amount.optional(),
        preset: amount.optional(),
      })
      .optional(),
    product: text().optional(),
    product_data: params(
      { name: text(), active: boolean.optional(), id: text().optional(), metadata: metadata.optional() },
      ['statement_descriptor', 'tax_code', 'tax_details', 'unit_label'],
    ).optional(),
    recurring: recurring.optional(),
    unit_amount: amount.optional(),
  },
  ['billing_scheme', 'currency_options', 'tiers', 'tiers_mode', 'transform_quantity', 'unit_amount_decimal'],
)

export const prices: Route[] = [
  post('/prices', PriceParams, async (tx, given) => {
    const { product_data, transfer_lookup_key, ...price } = given
    if (!given.product === !product_data)
      throw invalid('You must specify exactly one of `product` or `product_data`.', { param: 'product' })
    const product = given.product ?? (await createProduct(tx, product_data!)).id
    await tx.named('product', product, 'product')
    await claimLookupKey(tx, given.lookup_key, transfer_lookup_key)
    return createPrice(tx, { ...price, product })
  }),
  get(
    '/prices',
    params(
      {
        ...page,
        active: boolean.optional(),
        created: created.optional(),
        currency: currency.optional(),
        lookup_keys: z.array(text()).max(10).optional(),
        product: text().optional(),
        type: oneOf('one_time', 'recurring').optional(),
      },
      ['recurring'],
    ),
    (tx, given) =>
      tx.list('price', '/v1/prices', given, [
        fieldIs('active', given.active),
        fieldIs('currency', given.currency),
        fieldIs('product', given.product),
        fieldIs('type', given.type),
        ["data->>'lookup_key' = any(?)", given.lookup_keys],
        ...createdIn(given.created),
      ]),
  ),
  get('/prices/:id', params({}), (tx, _, id) => tx.get('price', id, 'price')),
  post('/prices/:id', params(shape, ['currency_options']), async (tx, given, id) => {
    const { data: before } = await tx.lock<Price>('price', id, 'price')
    const { metadata, transfer_lookup_key, ...changes } = given
    if (given.lookup_key !== before.lookup_key) await claimLookupKey(tx, given.lookup_key, transfer_lookup_key)
    const after = { ...before, ...changes, metadata: mergeMetadata(before.metadata, metadata) }
    tx.emit('price.updated', after, changed(before, after))
    return tx.save(after)
  }),
]

export interface PriceInput {
  currency: string
  product: string
  active?: boolean
  custom_unit_amount?: { enabled: boolean; maximum?: number; minimum?: number; preset?: number }
  lookup_key?: string
  metadata?: z.output<typeof metadata>
  nickname?: string | null
  recurring?: { interval: Stripe.Price.Recurring.Interval; interval_count?: number }
  tax_behavior?: Stripe.Price.TaxBehavior
  unit_amount?: number
}

export async function createPrice(tx: Tx, given: PriceInput, { quietly = false } = {}): Promise<Price> {
  const own = given.custom_unit_amount?.enabled ? given.custom_unit_amount : undefined
  if (!own === (given.unit_amount === undefined)) {
    throw invalid('You must specify exactly one of `unit_amount`, `unit_amount_decimal` or `custom_unit_amount`.', {
      param: 'unit_amount',
    })
  }
  if (own && given.recurring)
    throw invalid('`custom_unit_amount` is only for one-time prices.', { param: 'custom_unit_amount' })
  const custom_unit_amount = own ? bounds(tx, own, given.currency) : null
  const price = {
    id: newId('price_1'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: tx.seconds,
    currency: given.currency,
    custom_unit_amount,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: mergeMetadata({}, given.metadata),
    nickname: given.nickname ?? null,
    product: given.product,
    recurring: given.recurring
      ? {
          interval: given.recurring.interval,
          interval_count: given.recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? 'recurring' : 'one_time',
    unit_amount: given.unit_amount ?? null,
    unit_amount_decimal: given.unit_amount === undefined ? null : String(given.unit_amount),
  } satisfies Price
  if (!quietly) tx.emit('price.created', price)
  return tx.insert(price)
}

function bounds(tx: Tx, own: { maximum?: number; minimum?: number; preset?: number }, currency: string) {
  const least = minimumFor(currency, tx.config.settlementCurrency)
  const { minimum = null, maximum = null, preset = null } = own
  if (minimum !== null && minimum < least) {
    throw invalid(`The minimum must be at least the minimum charge amount (${least} in ${currency}).`, {
      code: 'amount_too_small',
      param: 'custom_unit_amount[minimum]',
    })
  }
  if (maximum !== null && maximum < (minimum ?? least)) {
    throw invalid('The maximum must be at least the minimum.', { param: 'custom_unit_amount[maximum]' })
  }
  if (preset !== null && (preset < (minimum ?? least) || preset > (maximum ?? MAXIMUM))) {
    throw invalid('The preset must be between the minimum and the maximum.', { param: 'custom_unit_amount[preset]' })
  }
  return { minimum, maximum, preset }
}

/** A lookup key belongs to one price; with `transfer` it moves here. */
async function claimLookupKey(tx: Tx, key: string | undefined, transfer = false): Promise<void> {
  if (!key) return
  const { data } = await tx.list<Price>('price', '', { limit: 1 }, [fieldIs('lookup_key', key)])
  if (!data[0]) return
  if (!transfer) {
    throw invalid(`A price (\`${data[0].id}\`) already uses that lookup key.`, {
      code: 'resource_already_exists',
      param: 'lookup_key',
    })
  }
  await tx.save({ ...data[0], lookup_key: null })
}
