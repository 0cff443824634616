import type Stripe from 'stripe'
import { z } from 'zod'
import { type Card, numberOf, testCard } from '../cards.ts'
import { invalid, missing, StripeError } from '../errors.ts'
import { email, metadata, oneOf, optionalText, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { fieldIs } from './filters.ts'
import { createPaymentMethod } from './payment-methods.ts'

type Method = Stripe.PaymentMethod

const cardToken = z.strictObject({ token: text() })
const billing = params({ email: email.optional(), name: optionalText().optional() }, ['address', 'phone', 'tax_id'])

export const paymentMethods: Route[] = [
  post(
    '/payment_methods',
    params({ type: oneOf('card'), card: cardToken, billing_details: billing.optional() }, [
      'metadata',
      'allow_redisplay',
    ]),
    async (tx, { card, billing_details: payer }) => {
      const number = numberOf(card.token)
      if (!number) throw missing('token', card.token, 'card[token]', 400)
      return createPaymentMethod(tx, 'card', testCard(number), { email: payer?.email ?? '', name: payer?.name ?? null })
    },
  ),
  get('/payment_methods', params({ ...page, customer: text().optional(), type: text().optional() }), (tx, given) =>
    tx.list('payment_method', '/v1/payment_methods', given, [
      ["data->>'customer' = ?", given.customer],
      fieldIs('type', given.type),
      // Those that were used once belong to nobody, and are not listed.
      ["(data->>'customer' is not null) = ?", true],
    ]),
  ),
  get('/customers/:id/payment_methods', params({ ...page, type: text().optional() }), (tx, given, id) =>
    tx.list('payment_method', `/v1/customers/${id}/payment_methods`, given, [
      fieldIs('customer', id),
      fieldIs('type', given.type),
    ]),
  ),
  get('/payment_methods/:id', params({}), (tx, _, id) => tx.get('payment_method', id, 'payment_method')),
  post('/payment_methods/:id/attach', params({ customer: text() }), async (tx, { customer }, id) => {
    const owner = await tx.named<Stripe.Customer>('customer', customer, 'customer')
    return attach(tx, await existing(tx, id, owner), owner.id)
  }),
  post('/payment_methods/:id/detach', params({}), async (tx, _, id) => detach(tx, id)),
  post(
    '/payment_methods/:id',
    params({ metadata: metadata.optional() }, ['billing_details', 'card']),
    async (tx, given, id) => {
      const { data } = await tx.lock<Method>('payment_method', id)
      return tx.save({ ...data, metadata: { ...data.metadata, ...(given.metadata || {}) } })
    },
  ),
]

/** `pm_card_visa` stands for a new one. */
export async function existing(tx: Tx, id: string, { email, name }: Stripe.Customer): Promise<Method> {
  const number = id.startsWith('pm_card_') ? numberOf(id) : undefined
  if (number) return createPaymentMethod(tx, 'card', testCard(number), { email: email ?? '', name: name ?? null })
  return (await tx.lock<Method>('payment_method', id, 'payment_method')).data
}

/** From now on it is the customer's. A card that is always declined cannot be kept. */
export async function attach(tx: Tx, method: Method, customer: string): Promise<Method> {
  const { hidden } = (await tx.row<Method, { card?: Card }>('payment_method', method.id))!
  if (!hidden.card)
    throw invalid('This PaymentMethod was used once and may not be used again.', { param: 'payment_method' })
  const { decline } = hidden.card.behaviour
  if (decline) throw new StripeError(402, { type: 'card_error', ...decline })
  if (method.customer === customer) return method
  if (method.customer) throw invalid('The payment method you provided has already been attached to a customer.')
  const attached = await tx.save({ ...method, customer })
  tx.emit('payment_method.attached', attached)
  return attached
}

export async function detach(tx: Tx, id: string): Promise<Method> {
  const { data: before } = await tx.lock<Method>('payment_method', id, 'payment_method')
  if (!before.customer) throw invalid('The payment method you provided is not attached to a customer.')
  const after = await tx.save({ ...before, customer: null })
  tx.emit('payment_method.detached', after, { customer: before.customer })
  return after
}
