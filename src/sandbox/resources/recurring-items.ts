import type Stripe from 'stripe'
import { z } from 'zod'
import { reductionOf } from '../billing/discounts.ts'
import { DAY } from '../billing/periods.ts'
import { MAXIMUM } from '../currencies.ts'
import { invalid } from '../errors.ts'
import { boolean, currency, integer, mergeMetadata, metadata, oneOf, params, text } from '../params.ts'
import type { Tx } from '../tx.ts'
import { createPrice, type Price, recurring } from './prices.ts'

/** The parameters of a subscription's items, and what they name. */

export const trialSettings = params({
  end_behavior: params({ missing_payment_method: oneOf('cancel', 'create_invoice', 'pause') }, [
    'billing_cycle_anchor',
  ]),
})
export const quantity = integer({ min: 0, max: 999_999 })
export const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none').optional()
export const paymentBehavior = oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete').optional()

const priceData = params(
  {
    currency,
    product: text(),
    recurring,
    tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
    unit_amount: integer({ min: 0, max: MAXIMUM }),
  },
  ['unit_amount_decimal'],
)
export const itemShape = {
  metadata: metadata.optional(),
  price: text().optional(),
  price_data: priceData.optional(),
  quantity: quantity.optional(),
}
export const itemLater = ['billing_thresholds', 'current_trial', 'discounts', 'plan', 'tax_rates']
const newItem = params(itemShape, itemLater)
export const newItems = z.array(newItem).min(1).max(20)
const changedItem = params({ ...itemShape, id: text().optional(), deleted: boolean.optional() }, [
  ...itemLater,
  'clear_usage',
])
export const changedItems = z.array(changedItem).min(1).max(20)

export const discounts = z.union([
  z.literal('').transform(() => []),
  z.array(params({ coupon: text().optional(), promotion_code: text().optional() }, ['discount'])).max(20),
])

export async function reductionsOf(tx: Tx, given: z.output<typeof discounts> = []) {
  const found = []
  for (const [index, one] of given.entries()) found.push(await reductionOf(tx, one, `discounts[${index}]`))
  return found
}

export async function itemsOf(tx: Tx, given: z.output<typeof newItems>) {
  const items = []
  for (const [index, { quantity = 1, metadata, ...item }] of given.entries()) {
    const price = await recurringPrice(tx, item, `items[${index}]`)
    if (!price) throw invalid('Each item needs a `price` or `price_data`.', { param: `items[${index}]` })
    items.push({ price, quantity, metadata: mergeMetadata({}, metadata) })
  }
  const [first] = items
  const every = (price: Price) => `${price.currency} ${price.recurring!.interval_count} ${price.recurring!.interval}`
  if (items.some(({ price }) => every(price) !== every(first!.price))) {
    throw invalid('All prices of a subscription must have the same currency, and in the sandbox the same interval.', {
      param: 'items',
    })
  }
  return items
}

export async function changesOf(tx: Tx, given: z.output<typeof changedItems>) {
  const changes = []
  for (const [index, { price: _, price_data: __, metadata, ...item }] of given.entries()) {
    const price = await recurringPrice(tx, given[index]!, `items[${index}]`)
    changes.push({ ...item, ...(price && { price }), ...(metadata !== undefined && { metadata: metadata || {} }) })
  }
  return changes
}

export async function recurringPrice(
  tx: Tx,
  given: { price?: string; price_data?: z.output<typeof priceData> },
  param: string,
): Promise<Price | undefined> {
  if (given.price && given.price_data) throw invalid('You may only specify one of `price`, `price_data`.', { param })
  if (given.price_data) {
    await tx.named<Stripe.Product>('product', given.price_data.product, `${param}[price_data][product]`)
    return createPrice(tx, { ...given.price_data, active: false }, { quietly: true })
  }
  if (!given.price) return undefined
  const price = await tx.named<Price>('price', given.price, `${param}[price]`)
  if (!price.recurring) {
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      { param: `${param}[price]` },
    )
  }
  if (!price.active) {
    throw invalid('The price specified is inactive. This field only accepts active prices.', {
      param: `${param}[price]`,
    })
  }
  return price
}

export function trialEnd(
  tx: Pick<Tx, 'seconds'>,
  given: { trial_end?: 'now' | number; trial_period_days?: number },
  param = 'trial_end',
): number | undefined {
  if (given.trial_end !== undefined && given.trial_period_days !== undefined) {
    throw invalid('You may only specify one of these parameters: trial_end, trial_period_days.', { param })
  }
  if (given.trial_period_days) return tx.seconds + given.trial_period_days * DAY
  if (given.trial_end === undefined || given.trial_end === 'now') return undefined
  if (given.trial_end <= tx.seconds) throw invalid('`trial_end` must be in the future.', { param })
  return given.trial_end
}
