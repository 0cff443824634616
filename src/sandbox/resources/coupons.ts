import type Stripe from 'stripe'
import { z } from 'zod'
import { MAXIMUM } from '../currencies.ts'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import {
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
import { del, get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { changed } from './customers.ts'
import { createdIn } from './filters.ts'

const percent = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,2})?$/, 'must be a number')
  .transform(Number)
  .refine((value) => value > 0 && value <= 100, 'must be more than 0 and at most 100')

const CouponParams = params(
  {
    amount_off: integer({ min: 1, max: MAXIMUM }).optional(),
    currency: currency.optional(),
    duration: oneOf('forever', 'once', 'repeating').optional(),
    duration_in_months: integer({ min: 1, max: 120 }).optional(),
    id: text(255).optional(),
    max_redemptions: integer({ min: 1 }).optional(),
    metadata: metadata.optional(),
    name: text(40).optional(),
    percent_off: percent.optional(),
    redeem_by: integer().optional(),
  },
  ['applies_to', 'currency_options'],
)

export const coupons: Route[] = [
  post('/coupons', CouponParams, createCoupon),
  get('/coupons', params({ ...page, created: created.optional() }), (tx, given) =>
    tx.list('coupon', '/v1/coupons', given, createdIn(given.created)),
  ),
  get('/coupons/:id', params({}), (tx, _, id) => tx.get('coupon', id)),
  post(
    '/coupons/:id',
    params({ metadata: metadata.optional(), name: optionalText(40).optional() }, ['currency_options']),
    async (tx, { metadata, ...changes }, id) => {
      const { data: before } = await tx.lock<Stripe.Coupon>('coupon', id)
      const after = { ...before, ...changes, metadata: mergeMetadata(before.metadata ?? {}, metadata) }
      tx.emit('coupon.updated', after, changed(before, after))
      return tx.save(after)
    },
  ),
  del('/coupons/:id', params({}), async (tx, _, id) => {
    const { data } = await tx.lock<Stripe.Coupon>('coupon', id)
    await tx.delete(id)
    tx.emit('coupon.deleted', { ...data, valid: false })
    return { id, object: 'coupon', deleted: true }
  }),
]

async function createCoupon(tx: Tx, given: z.output<typeof CouponParams>): Promise<Stripe.Coupon> {
  const { metadata, id = newId('', 8), duration = 'once', ...known } = given
  if ((known.amount_off === undefined) === (known.percent_off === undefined)) {
    throw invalid('You must pass exactly one of `amount_off` or `percent_off`.', { param: 'amount_off' })
  }
  if (known.amount_off && !known.currency) throw invalid('`amount_off` needs a `currency`.', { param: 'currency' })
  if ((duration === 'repeating') !== (known.duration_in_months !== undefined)) {
    throw invalid('`duration_in_months` goes with a `duration` of `repeating`.', { param: 'duration_in_months' })
  }
  if (await tx.row('coupon', id)) {
    throw invalid('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const coupon = {
    id,
    object: 'coupon',
    amount_off: null,
    created: tx.seconds,
    currency: null,
    duration,
    duration_in_months: null,
    livemode: false,
    max_redemptions: null,
    metadata: mergeMetadata({}, metadata),
    name: null,
    percent_off: null,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
    ...known,
  } satisfies Stripe.Coupon
  tx.emit('coupon.created', coupon)
  return tx.insert(coupon)
}
