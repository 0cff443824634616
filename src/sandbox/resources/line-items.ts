import type Stripe from 'stripe'
import { z } from 'zod'
import { format, MAXIMUM, minimumFor } from '../currencies.ts'
import { invalid, notInSandbox } from '../errors.ts'
import { newId } from '../ids.ts'
import { boolean, currency, integer, mergeMetadata, metadata, oneOf, params, text, url } from '../params.ts'
import type { Tx } from '../tx.ts'
import { createPrice, type Price, recurring } from './prices.ts'
import { createProduct } from './products.ts'

export type LineItem = Omit<Stripe.LineItem, 'price'> & { price: Price }

const productData = params(
  {
    name: text(),
    description: text(40000).optional(),
    images: z.array(url).max(8).optional(),
    metadata: metadata.optional(),
  },
  ['tax_code', 'tax_details', 'unit_label'],
)
const quantity = integer({ min: 1, max: 999_999 })
export const lineItem = params(
  {
    metadata: metadata.optional(),
    price: text().optional(),
    price_data: params(
      {
        currency,
        product: text().optional(),
        product_data: productData.optional(),
        recurring: recurring.optional(),
        tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
        unit_amount: integer({ min: 0, max: MAXIMUM }).optional(),
      },
      ['unit_amount_decimal'],
    ).optional(),
    quantity: quantity.optional(),
    adjustable_quantity: z
      .strictObject({ enabled: boolean, maximum: quantity.optional(), minimum: integer({ min: 0 }).optional() })
      .optional(),
  },
  ['dynamic_tax_rates', 'tax_rates'],
)

type Mode = 'payment' | 'subscription'

/** What is bought; one currency for all. */
export async function createLineItems(tx: Tx, given: z.output<typeof lineItem>[], mode: Mode): Promise<LineItem[]> {
  const items: LineItem[] = []
  for (const [index, item] of given.entries()) items.push(await createLineItem(tx, item, mode, `line_items[${index}]`))
  const recurring = items.map(({ price }) => price.recurring).filter((every) => every !== null)
  if (mode === 'subscription' && !recurring.length) {
    throw invalid('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    })
  }
  if (new Set(recurring.map((every) => `${every.interval_count} ${every.interval}`)).size > 1) {
    throw notInSandbox('recurring prices of different intervals in one session', 'line_items')
  }
  const [first] = items
  if (items.some((item) => item.currency !== first!.currency)) {
    throw invalid('All prices on a Checkout Session must use the same currency.', { param: 'line_items' })
  }
  const own = items.filter((item) => item.price.custom_unit_amount)
  if (own.length && items.length > 1)
    throw invalid('A price with `custom_unit_amount` must be the only line item.', { param: 'line_items' })
  return items
}

async function createLineItem(tx: Tx, given: z.output<typeof lineItem>, mode: Mode, param: string): Promise<LineItem> {
  if (!given.price === !given.price_data) {
    throw invalid('You must specify exactly one of `price` or `price_data` for each line item.', { param })
  }
  const price = given.price
    ? await tx.named<Price>('price', given.price, `${param}[price]`)
    : await inlinePrice(tx, given.price_data!, param)
  const product = await tx.get<Stripe.Product>('product', price.product as string)
  if (!price.active && given.price) {
    throw invalid(`The price specified is inactive. This field only accepts active prices.`, {
      param: `${param}[price]`,
    })
  }
  if (price.recurring && mode === 'payment') {
    throw invalid(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'line_items' },
    )
  }
  if (given.quantity === undefined)
    throw invalid('Quantity is required. Add `quantity` to `line_items`', {
      code: 'parameter_missing',
      param: `${param}[quantity]`,
    })
  if (price.custom_unit_amount && given.quantity !== 1)
    throw invalid('With `custom_unit_amount` the quantity must be 1.', { param: `${param}[quantity]` })

  return withAmount(
    {
      id: newId('li_1'),
      object: 'item',
      adjustable_quantity: given.adjustable_quantity?.enabled
        ? {
            enabled: true,
            maximum: given.adjustable_quantity.maximum ?? 99,
            minimum: Math.max(given.adjustable_quantity.minimum ?? 1, 1),
          }
        : null,
      amount_discount: 0,
      amount_subtotal: 0,
      amount_tax: 0,
      amount_total: 0,
      currency: price.currency,
      description: product.name,
      metadata: mergeMetadata({}, given.metadata),
      price,
      quantity: given.quantity,
    },
    (price.unit_amount ?? price.custom_unit_amount?.preset ?? 0) * given.quantity,
  )
}

export const withAmount = (item: LineItem, amount: number): LineItem => ({
  ...item,
  amount_subtotal: amount,
  amount_total: amount,
})

export const totalOf = (items: LineItem[]) => items.reduce((sum, item) => sum + item.amount_total, 0)

async function inlinePrice(
  tx: Tx,
  { product_data, product, ...price }: NonNullable<z.output<typeof lineItem>['price_data']>,
  param: string,
) {
  if (!product === !product_data) {
    throw invalid('You must specify exactly one of `product` or `product_data` in `price_data`.', {
      param: `${param}[price_data]`,
    })
  }
  if (price.unit_amount === undefined) {
    throw invalid(`Missing required param: ${param}[price_data][unit_amount].`, {
      code: 'parameter_missing',
      param: `${param}[price_data][unit_amount]`,
    })
  }
  if (product) await tx.named('product', product, `${param}[price_data][product]`)
  // Made for this one session: not for sale again.
  const id = product ?? (await createProduct(tx, { ...product_data!, active: false }, { quietly: true })).id
  return createPrice(tx, { ...price, product: id, active: false }, { quietly: true })
}

export function checkTotal(tx: Tx, amount: number, currency: string): void {
  const least = minimumFor(currency, tx.config.settlementCurrency)
  if (amount < least) {
    throw invalid(
      `The Checkout Session's total amount due must add up to at least ${format(least, currency)} ${currency}`,
      { code: 'amount_too_small' },
    )
  }
  if (amount > MAXIMUM) {
    throw invalid(
      `The Checkout Session's total amount due must be no more than ${format(MAXIMUM, currency)} ${currency}`,
      { code: 'amount_too_large' },
    )
  }
}
