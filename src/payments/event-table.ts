import { z } from 'zod'

/**
 * Which object each type of event is about, which is all that we take from it: that object is read again from Stripe.
 * Types that are not here are stored and acknowledged, and nothing follows.
 */
const objectOf: Record<string, (object: EventObject) => string | undefined> = {
  'checkout.session.completed': paymentOfSession,
  'checkout.session.async_payment_succeeded': paymentOfSession,
  'checkout.session.async_payment_failed': paymentOfSession,
  'payment_intent.processing': (intent) => intent.id,
  'payment_intent.succeeded': (intent) => intent.id,
  // A declined card: the session stays open, so this matters only to a payment that was already processing.
  'payment_intent.payment_failed': (intent) => intent.id,
  'payment_intent.canceled': (intent) => intent.id,
  'charge.succeeded': paymentOf,
  // Also one that had gone through, and bounced.
  'charge.failed': paymentOf,
  // Brings the fee, seconds after the payment.
  'charge.updated': paymentOf,
  'charge.refunded': paymentOf,
  'charge.refund.updated': paymentOf,
  'refund.created': paymentOf,
  'refund.updated': paymentOf,
  'refund.failed': paymentOf,
  'charge.dispute.created': (dispute) => dispute.id,
  'charge.dispute.updated': (dispute) => dispute.id,
  'charge.dispute.funds_withdrawn': (dispute) => dispute.id,
  'charge.dispute.funds_reinstated': (dispute) => dispute.id,
  'charge.dispute.closed': (dispute) => dispute.id,
  'payout.created': (payout) => payout.id,
  'payout.updated': (payout) => payout.id,
  'payout.paid': (payout) => payout.id,
  'payout.failed': (payout) => payout.id,
  'payout.canceled': (payout) => payout.id,
  'customer.subscription.created': (subscription) => subscription.id,
  'customer.subscription.updated': (subscription) => subscription.id,
  'customer.subscription.deleted': (subscription) => subscription.id,
  'customer.subscription.paused': (subscription) => subscription.id,
  'customer.subscription.resumed': (subscription) => subscription.id,
  'invoice.paid': (invoice) => invoice.id,
  'invoice_payment.paid': (payment) => payment.invoice,
}

/** What a webhook endpoint need be told of. */
export const handledTypes = Object.keys(objectOf)

const reference = z
  .union([z.string(), z.object({ id: z.string() }).transform((object) => object.id)])
  .nullish()
  .transform((id) => id ?? undefined)

/** The parts of an event that we read. https://docs.stripe.com/api/events/object */
export const StripeEvent = z.looseObject({
  id: z.string().startsWith('evt_'),
  type: z.string(),
  created: z.number().int(),
  livemode: z.boolean(),
  api_version: z.string().nullish(),
  /** Of a connected account's events. https://docs.stripe.com/connect/webhooks */
  account: z.string().nullish(),
  data: z.looseObject({
    object: z.looseObject({ id: z.string().optional(), payment_intent: reference, invoice: reference }),
  }),
})
export type StripeEvent = z.infer<typeof StripeEvent>
type EventObject = StripeEvent['data']['object']

/** The id of the object to read again after this event; undefined when there is nothing to do. */
export function objectToSync(event: StripeEvent): string | undefined {
  const { type, data } = event
  return Object.hasOwn(objectOf, type) ? objectOf[type]!(data.object) : undefined
}

// The session has no PaymentIntent while nothing was paid.
function paymentOfSession(session: EventObject): string | undefined {
  return session.payment_intent ?? session.id
}

/** Of a charge or a refund. One without PaymentIntent was not made here, and moves the balance all the same. */
function paymentOf(moved: EventObject): string | undefined {
  return moved.payment_intent ?? moved.id
}
