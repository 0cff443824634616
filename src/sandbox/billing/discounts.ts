import type Stripe from 'stripe'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Tx } from '../tx.ts'
import { addMonths } from './periods.ts'

export interface Reduction {
  coupon: Stripe.Coupon
  promotion_code: Stripe.PromotionCode | null
}

/** A coupon or a promotion code that a parameter names, if it may be used. */
export async function reductionOf(
  tx: Tx,
  given: { coupon?: string; promotion_code?: string },
  param: string,
): Promise<Reduction> {
  if (!given.coupon === !given.promotion_code) {
    throw invalid('You must specify exactly one of `coupon` or `promotion_code`.', { param })
  }
  if (given.coupon) {
    return usable(tx, {
      coupon: await tx.named<Stripe.Coupon>('coupon', given.coupon, `${param}[coupon]`),
      promotion_code: null,
    })
  }
  const at = `${param}[promotion_code]`
  const promotion_code = await tx.named<Stripe.PromotionCode>('promotion_code', given.promotion_code!, at)
  const coupon = await tx.named<Stripe.Coupon>('coupon', promotion_code.promotion.coupon as string, at)
  return usable(tx, { coupon, promotion_code })
}

/** A promotion code as a customer types it: whatever its case. */
export async function reductionByCode(tx: Tx, code: string): Promise<Reduction | undefined> {
  const { data } = await tx.list<Stripe.PromotionCode>('promotion_code', '', { limit: 1 }, [
    ["lower(data->>'code') = ?", code.trim().toLowerCase()],
    ["data->>'active' = ?", 'true'],
  ])
  return data[0] && reductionOf(tx, { promotion_code: data[0].id }, 'promotion_code')
}

function usable(tx: Tx, reduction: Reduction): Reduction {
  const { coupon, promotion_code } = reduction
  const spent = (one: { max_redemptions: number | null; times_redeemed: number }) =>
    one.max_redemptions !== null && one.times_redeemed >= one.max_redemptions
  if (spent(coupon) || (coupon.redeem_by !== null && coupon.redeem_by <= tx.seconds)) {
    throw invalid(`Coupon ${coupon.id} is used up and cannot be applied.`, { code: 'coupon_expired' })
  }
  if (!promotion_code) return reduction
  const over = promotion_code.expires_at !== null && promotion_code.expires_at <= tx.seconds
  if (!promotion_code.active || over || spent(promotion_code)) {
    throw invalid('This promotion code is no longer active.', { code: 'promotion_code_expired' })
  }
  return reduction
}

/** It starts to count: one redemption, and a discount of its own. */
export async function redeem(
  tx: Tx,
  reduction: Reduction,
  to: { customer: string | null; subscription?: string; checkout_session?: string },
): Promise<Stripe.Discount> {
  const coupon = (await tx.lock<Stripe.Coupon>('coupon', reduction.coupon.id)).data
  const times_redeemed = coupon.times_redeemed + 1
  const valid = coupon.max_redemptions === null || times_redeemed < coupon.max_redemptions
  await tx.save({ ...coupon, times_redeemed, valid })
  const code = reduction.promotion_code
  if (code) {
    const { data } = await tx.lock<Stripe.PromotionCode>('promotion_code', code.id)
    const used = data.times_redeemed + 1
    const active = data.active && (data.max_redemptions === null || used < data.max_redemptions)
    await tx.save({ ...data, times_redeemed: used, active })
  }
  const end = coupon.duration === 'repeating' ? addMonths(tx.seconds, coupon.duration_in_months ?? 1) : null
  const discount = await tx.insert({
    id: newId('di_1'),
    object: 'discount',
    checkout_session: to.checkout_session ?? null,
    customer: to.customer,
    customer_account: null,
    end,
    invoice: null,
    invoice_item: null,
    promotion_code: code?.id ?? null,
    source: { coupon: coupon.id, type: 'coupon' },
    start: tx.seconds,
    subscription: to.subscription ?? null,
    subscription_item: null,
  } satisfies Stripe.Discount)
  if (to.customer) tx.emit('customer.discount.created', discount)
  return discount
}

/** Those that still count at `at`, each with its coupon. */
export async function discountsAt(tx: Tx, ids: string[], at: number) {
  const found: { discount: Stripe.Discount; coupon: Stripe.Coupon }[] = []
  for (const id of ids) {
    const discount = await tx.get<Stripe.Discount>('discount', id)
    if (discount.end !== null && discount.end <= at) continue
    // A deleted coupon goes on for those who have it.
    const coupon = (await tx.row<Stripe.Coupon>('coupon', discount.source.coupon as string))!.data
    found.push({ discount, coupon })
  }
  return found
}

/** What a coupon takes off each of these amounts; never more than there is. */
export function takeOff(coupon: Stripe.Coupon, amounts: number[], currency: string): number[] {
  if (coupon.percent_off !== null) return amounts.map((amount) => Math.round((amount * coupon.percent_off!) / 100))
  if (coupon.currency !== currency) return amounts.map(() => 0)
  const total = amounts.reduce((sum, amount) => sum + amount, 0)
  let left = Math.min(coupon.amount_off!, total)
  return amounts.map((amount, index) => {
    const share = index === amounts.length - 1 ? left : Math.round((coupon.amount_off! * amount) / (total || 1))
    const off = Math.min(share, left, amount)
    left -= off
    return off
  })
}
