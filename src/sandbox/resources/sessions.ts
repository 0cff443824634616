import type Stripe from 'stripe'
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { created, mergeMetadata, metadata, oneOf, page, params, text } from '../params.ts'
import { get, post, type Route } from '../route.ts'
import type { Tx } from '../tx.ts'
import { createdIn, fieldIs } from './filters.ts'
import { createSession, type SessionHidden } from './session-create.ts'
import { SessionParams } from './session-params.ts'

const PATH = '/v1/checkout/sessions'
const SESSION = 'checkout.session'

export const sessions: Route[] = [
  post('/checkout/sessions', SessionParams, createSession),
  get(
    '/checkout/sessions',
    params(
      {
        ...page,
        created: created.optional(),
        customer: text().optional(),
        customer_details: z.strictObject({ email: text() }).optional(),
        payment_intent: text().optional(),
        status: oneOf('complete', 'expired', 'open').optional(),
      },
      ['customer_account', 'payment_link', 'subscription'],
    ),
    (tx, given) =>
      tx.list(SESSION, PATH, given, [
        fieldIs('customer', given.customer),
        fieldIs('payment_intent', given.payment_intent),
        fieldIs('status', given.status),
        ["data->'customer_details'->>'email' = ?", given.customer_details?.email],
        ...createdIn(given.created),
      ]),
  ),
  get('/checkout/sessions/:id', params({}), (tx, _, id) => tx.get(SESSION, id, 'session')),
  post(
    '/checkout/sessions/:id',
    params({ metadata: metadata.optional() }, [
      'collected_information',
      'line_items',
      'payment_intent_data',
      'shipping_options',
    ]),
    async (tx, given, id) => {
      const { data } = await tx.lock<Stripe.Checkout.Session>(SESSION, id, 'session')
      return tx.save({ ...data, metadata: mergeMetadata(data.metadata ?? {}, given.metadata) })
    },
  ),
  post('/checkout/sessions/:id/expire', params({}), async (tx, _, id) => {
    const { data } = await tx.lock<Stripe.Checkout.Session>(SESSION, id, 'session')
    if (data.status !== 'open') {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${data.status}.`,
      )
    }
    await tx.clearTimer('expire', id)
    return expireSession(tx, id)
  }),
  get('/checkout/sessions/:id/line_items', params(page), async (tx, given, id) => {
    const list = await lineItemsOf(tx, id)
    const from = given.starting_after ? list.data.findIndex((item) => item.id === given.starting_after) + 1 : 0
    const limit = given.limit ?? 10
    return { ...list, data: list.data.slice(from, from + limit), has_more: list.data.length > from + limit }
  }),
]

export async function expireSession(tx: Tx, id: string): Promise<Stripe.Checkout.Session> {
  const { data, hidden } = await tx.lock<Stripe.Checkout.Session, SessionHidden>(SESSION, id, 'session')
  if (data.status !== 'open') return data
  const expired: Stripe.Checkout.Session = { ...data, status: 'expired', url: null }
  tx.emit('checkout.session.expired', expired, undefined, { byItself: data.expires_at <= tx.seconds })
  return tx.save(expired, { ...hidden, waiting: undefined })
}

export async function lineItemsOf(tx: Tx, id: string) {
  const { hidden } = (await tx.row<Stripe.Checkout.Session, SessionHidden>(SESSION, id)) ?? {}
  if (!hidden) await tx.get(SESSION, id, 'session')
  return { object: 'list' as const, url: `${PATH}/${id}/line_items`, has_more: false, data: hidden!.items }
}
