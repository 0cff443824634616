import type Stripe from 'stripe'
import { type Reduction, reductionByCode, reductionOf } from './billing/discounts.ts'
import { invalid, StripeError } from './errors.ts'
import type { LineItem } from './resources/line-items.ts'
import { priced } from './resources/session-amounts.ts'
import type { SessionHidden } from './resources/session-create.ts'
import type { Store } from './store.ts'
import type { Row, Tx } from './tx.ts'

/** What a payer may change on the hosted page: how many, and a promotion code. */

type Session = Stripe.Checkout.Session
type SessionRow = Row<Session, SessionHidden>

export interface Changes {
  /** Of the first item whose quantity may be changed. */
  quantity?: number
  /** Empty takes the one that is there away. */
  promotionCode?: string
}

/** Answers what is wrong, if something is. */
export const changeSession = (store: Store, sessionId: string, changes: Changes): Promise<string | undefined> =>
  store
    .write(async (tx) => {
      const row = await tx.lock<Session, SessionHidden>('checkout.session', sessionId, 'session')
      if (row.data.status !== 'open') return
      const { data, hidden } = await withChanges(tx, row, changes)
      await tx.save(data, hidden)
    })
    .then(
      () => undefined,
      (error) => {
        if (error instanceof StripeError) return error.body.code ?? 'invalid'
        throw error
      },
    )

export async function withChanges(
  tx: Tx,
  row: SessionRow,
  changes: Changes,
): Promise<Pick<SessionRow, 'data' | 'hidden'>> {
  if (changes.quantity === undefined && changes.promotionCode === undefined) return row
  const { data: session, hidden } = row
  const reduction =
    changes.promotionCode === undefined ? await applied(tx, session) : await entered(tx, session, changes.promotionCode)
  const { items, amounts } = priced(tx, withQuantity(hidden.items, changes.quantity), {
    reduction,
    trial: Boolean(hidden.subscription_data?.trial_end ?? hidden.subscription_data?.trial_period_days),
  })
  return { data: { ...session, ...amounts }, hidden: { ...hidden, items } }
}

function withQuantity(items: LineItem[], quantity: number | undefined): LineItem[] {
  const adjustable = items.find((item) => item.adjustable_quantity?.enabled)
  if (quantity === undefined) return items
  const { minimum, maximum } = adjustable?.adjustable_quantity ?? {}
  if (!adjustable || quantity < minimum! || quantity > maximum!) {
    throw invalid('This quantity is not offered.', { code: 'quantity_invalid', param: 'quantity' })
  }
  return items.map((item) => (item.id === adjustable.id ? { ...item, quantity } : item))
}

export async function applied(tx: Tx, { discounts }: Session): Promise<Reduction | undefined> {
  const [one] = discounts ?? []
  if (!one) return undefined
  const { coupon, promotion_code } = one as { coupon: string; promotion_code: string | null }
  return reductionOf(tx, promotion_code ? { promotion_code } : { coupon }, 'discounts')
}

async function entered(tx: Tx, session: Session, code: string): Promise<Reduction | undefined> {
  if (!session.allow_promotion_codes) throw invalid('No promotion codes here.', { code: 'promotion_code_invalid' })
  if (!code.trim()) return undefined
  const reduction = await reductionByCode(tx, code)
  if (!reduction) throw invalid('This code is invalid.', { code: 'promotion_code_invalid' })
  const { restrictions, customer } = reduction.promotion_code!
  const { minimum_amount: least, minimum_amount_currency: currency } = restrictions
  const tooLittle = least !== null && (currency !== session.currency || session.amount_subtotal! < least)
  if (tooLittle || (customer && customer !== session.customer) || (await boughtBefore(tx, restrictions, session))) {
    throw invalid('This code cannot be used here.', { code: 'promotion_code_invalid' })
  }
  return reduction
}

async function boughtBefore(tx: Tx, restrictions: Stripe.PromotionCode.Restrictions, { customer }: Session) {
  if (!restrictions.first_time_transaction || !customer) return false
  const { data } = await tx.list('charge', '', { limit: 1 }, [
    ["data->>'customer' = ?", customer],
    ["data->>'paid' = ?", 'true'],
  ])
  return data.length > 0
}
