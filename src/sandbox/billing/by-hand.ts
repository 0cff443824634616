import type Stripe from 'stripe'
import { type Card, testCard } from '../cards.ts'
import { settleSoon } from '../payment.ts'
import { changed } from '../resources/customers.ts'
import { attach, detach } from '../resources/payment-method-routes.ts'
import { createPaymentMethod } from '../resources/payment-methods.ts'
import type { Dunning, Store } from '../store.ts'
import { advance } from '../timers.ts'
import type { Tx } from '../tx.ts'
import { collect } from './collect.ts'
import { HOUR } from './periods.ts'
import { alone, invoicesOf, LIVE, periodEnd, updateSubscription } from './state.ts'
import type { Subscription } from './types.ts'

/** What customers, banks and time do to subscriptions, for tests and for the panel's buttons. */
export interface BillingByHand {
  /** The next `times` automatic payments of this customer are declined, whatever the card. */
  failNextPayment(customerId: string, times?: number): Promise<void>
  /** As in the portal: the new card pays for every subscription from now on, and at once what is owed. */
  replaceCard(customerId: string, card?: string): Promise<void>
  /** Time passes until the subscription's next period has begun and its invoice is paid, or was refused. */
  renew(subscriptionId: string): Promise<void>
  dunning: { get(): Promise<Dunning>; set(dunning: Partial<Dunning>): Promise<void> }
}

export const billingByHand = (store: Store): BillingByHand => ({
  failNextPayment: (customerId, times = 1) =>
    store.write(async (tx) => {
      const { data, hidden } = await tx.lock<Stripe.Customer>('customer', customerId)
      await tx.save(data, { ...hidden, failNext: times })
    }),
  replaceCard: (customerId, card = '4242424242424242') =>
    store.write((tx) => replaceCard(tx, customerId, testCard(card))),
  async renew(subscriptionId) {
    const subscription = await store.read((tx) => tx.get<Subscription>('subscription', subscriptionId))
    await advance(store, periodEnd(subscription) * 1000 - (await store.now()) + (HOUR + 60) * 1000)
  },
  dunning: {
    get: async () => (await store.settings()).dunning,
    set: async (dunning) => store.saveSetting('dunning', { ...(await store.settings()).dunning, ...dunning }),
  },
})

export async function replaceCard(tx: Tx, customerId: string, card: Card): Promise<void> {
  await alone(tx)
  const { data: customer } = await tx.lock<Stripe.Customer>('customer', customerId)
  const payer = { email: customer.email ?? '', name: customer.name ?? null }
  const method = await attach(tx, await createPaymentMethod(tx, 'card', card, payer), customerId)
  const invoice_settings = { ...customer.invoice_settings, default_payment_method: method.id }
  const after = { ...customer, invoice_settings }
  tx.emit('customer.updated', await tx.save(after), changed(customer, after))

  const subscriptions = await subscriptionsOf(tx, customerId)
  for (const one of subscriptions) await updateSubscription(tx, one, { default_payment_method: method.id })
  for (const old of await methodsOf(tx, customerId)) if (old.id !== method.id) await detach(tx, old.id)
  for (const { id } of subscriptions) await payWhatIsOwed(tx, id)
}

export async function subscriptionsOf(tx: Tx, customer: string): Promise<Subscription[]> {
  const { data } = await tx.list<Subscription>('subscription', '', { limit: 100 }, [
    ["data->>'customer' = ?", customer],
    ["data->>'status' = any(?)", [...LIVE, 'incomplete']],
  ])
  return data
}

async function methodsOf(tx: Tx, customer: string): Promise<Stripe.PaymentMethod[]> {
  const { data } = await tx.list<Stripe.PaymentMethod>('payment_method', '', { limit: 100 }, [
    ["data->>'customer' = ?", customer],
  ])
  return data
}

async function payWhatIsOwed(tx: Tx, subscription: string): Promise<void> {
  for (const { id } of await invoicesOf(tx, subscription, ['open'])) {
    const { charge } = await collect(tx, id, { automatic: false })
    if (charge) await settleSoon(tx, charge)
  }
}
