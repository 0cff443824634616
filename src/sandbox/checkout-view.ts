import type { Context } from 'hono'
import type Stripe from 'stripe'
import { isFree } from './checkout.ts'
import type { View } from './checkout-form.tsx'
import { MAXIMUM, minimumFor } from './currencies.ts'
import type { Method } from './fees.ts'
import { trialEnd } from './resources/recurring-items.ts'
import type { SessionHidden } from './resources/session-create.ts'
import type { Store } from './store.ts'
import type { Tx } from './tx.ts'
import { languageOf } from './words.ts'

export async function viewOf(store: Store, c: Context): Promise<View | undefined> {
  return store.read(async (tx) => {
    const row = await tx.row<Stripe.Checkout.Session, SessionHidden>('checkout.session', c.req.param('id') ?? '')
    if (!row) return undefined
    const { data: session, hidden } = row
    const own = hidden.items[0]!.price.custom_unit_amount
    const method =
      hidden.waiting && (await tx.find<Stripe.PaymentMethod>('payment_method', hidden.waiting.payment_method))
    const over = session.status === 'expired' || session.expires_at <= tx.seconds
    const currency = session.currency!
    return {
      session,
      items: hidden.items,
      methods: hidden.methods,
      state: session.status === 'complete' ? 'paid' : over ? 'expired' : 'open',
      language: languageOf(session.locale, c.req.header('accept-language')),
      free: isFree(session),
      ...(await recurrenceOf(tx, session, hidden)),
      ...(method && { waiting: method.type as Method }),
      ...(own && {
        bounds: {
          least: Math.max(own.minimum ?? 0, minimumFor(currency, tx.config.settlementCurrency)),
          most: own.maximum ?? MAXIMUM,
        },
      }),
    }
  })
}

async function recurrenceOf(tx: Tx, session: Stripe.Checkout.Session, hidden: SessionHidden): Promise<Partial<View>> {
  const recurring = hidden.items.filter(({ price }) => price.recurring)
  const every = recurring[0]?.price.recurring
  const trial = hidden.subscription_data && trialEnd({ seconds: session.created }, hidden.subscription_data)
  const [discount] = (session.discounts ?? []) as { coupon: string; promotion_code: string | null }[]
  const code =
    discount?.promotion_code && (await tx.find<Stripe.PromotionCode>('promotion_code', discount.promotion_code))?.code
  const coupon = discount && (await tx.find<Stripe.Coupon>('coupon', discount.coupon))
  return {
    ...(every && {
      recurring: {
        amount: recurring.reduce((sum, { price, quantity }) => sum + price.unit_amount! * quantity!, 0),
        interval: every.interval,
        interval_count: every.interval_count,
      },
    }),
    ...(trial && { trialEnd: trial }),
    ...(discount && { discount: code || coupon?.name || discount.coupon }),
  }
}
