import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import { boolean, created, currency, integer, mergeMetadata, metadata, oneOf, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import { changed } from './customers.ts'
import { createdIn, fieldIs } from './filters.ts'

const code = text(500).refine((value) => /^[\w-]+$/.test(value), 'A code has letters, digits, - and _ only.')

export const promotionCodes: Route[] = [
  post(
    '/promotion_codes',
    params(
      {
        active: boolean.optional(),
        code: code.optional(),
        customer: text().optional(),
        expires_at: integer().optional(),
        max_redemptions: integer({ min: 1 }).optional(),
        metadata: metadata.optional(),
        promotion: params({ type: oneOf('coupon'), coupon: text() }),
        restrictions: params(
          {
            first_time_transaction: boolean.optional(),
            minimum_amount: integer({ min: 1 }).optional(),
            minimum_amount_currency: currency.optional(),
          },
          ['currency_options'],
        ).optional(),
      },
      ['customer_account'],
    ),
    async (tx, { metadata, promotion, restrictions, code = newId('', 8).toUpperCase(), ...known }) => {
      await tx.named('coupon', promotion.coupon, 'promotion[coupon]')
      if (known.customer) await tx.named('customer', known.customer, 'customer')
      const { data } = await tx.list('promotion_code', '', { limit: 1 }, [
        ["lower(data->>'code') = ?", code.toLowerCase()],
        fieldIs('active', true),
      ])
      if (data.length)
        throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
      const made = {
        id: newId('promo_1'),
        object: 'promotion_code',
        active: true,
        code,
        created: tx.seconds,
        customer: null,
        customer_account: null,
        expires_at: null,
        livemode: false,
        max_redemptions: null,
        metadata: mergeMetadata({}, metadata),
        promotion,
        restrictions: {
          first_time_transaction: false,
          minimum_amount: null,
          minimum_amount_currency: null,
          ...restrictions,
        },
        times_redeemed: 0,
        ...known,
      } satisfies Stripe.PromotionCode
      tx.emit('promotion_code.created', made)
      return tx.insert(made)
    },
  ),
  get(
    '/promotion_codes',
    params(
      {
        ...page,
        active: boolean.optional(),
        code: text().optional(),
        coupon: text().optional(),
        created: created.optional(),
        customer: text().optional(),
      },
      ['customer_account'],
    ),
    (tx, given) =>
      tx.list('promotion_code', '/v1/promotion_codes', given, [
        fieldIs('active', given.active),
        ["lower(data->>'code') = lower(?)", given.code],
        ["data->'promotion'->>'coupon' = ?", given.coupon],
        fieldIs('customer', given.customer),
        ...createdIn(given.created),
      ]),
  ),
  get('/promotion_codes/:id', params({}), (tx, _, id) => tx.get('promotion_code', id)),
  post(
    '/promotion_codes/:id',
    params({ active: boolean.optional(), metadata: metadata.optional() }, ['restrictions']),
    async (tx, { metadata, ...changes }, id) => {
      const { data: before } = await tx.lock<Stripe.PromotionCode>('promotion_code', id)
      const after = { ...before, ...changes, metadata: mergeMetadata(before.metadata ?? {}, metadata) }
      tx.emit('promotion_code.updated', after, changed(before, after))
      return tx.save(after)
    },
  ),
]
