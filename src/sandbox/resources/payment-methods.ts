import type Stripe from 'stripe'
import type { Card } from '../cards.ts'
import type { Method } from '../fees.ts'
import { newId } from '../ids.ts'
import type { Tx } from '../tx.ts'

export interface Payer {
  email: string
  name: string | null
}

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

export const billingDetails = ({ email, name }: Payer) => ({
  address: { ...NO_ADDRESS },
  email,
  name,
  phone: null,
  tax_id: null,
})

/** How somebody pays; `card` for cards. What the card is like stays hidden, for the next time. */
export async function createPaymentMethod(
  tx: Tx,
  type: Method,
  card: Card | undefined,
  payer: Payer,
): Promise<Stripe.PaymentMethod> {
  const method = {
    id: newId('pm_1'),
    object: 'payment_method',
    allow_redisplay: 'limited',
    billing_details: billingDetails(payer),
    created: tx.seconds,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type,
    ...(card ? { card: shownCard(card) } : { [type]: {} }),
  } as Stripe.PaymentMethod
  return tx.insert(method, card && { card })
}

const shownCard = (card: Card): Stripe.PaymentMethod.Card => ({
  brand: card.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: card.country,
  display_brand: card.brand,
  exp_month: card.exp_month,
  exp_year: card.exp_year,
  fingerprint: card.fingerprint,
  funding: 'credit',
  generated_from: null,
  last4: card.last4,
  networks: { available: [card.brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
})
