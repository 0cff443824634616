import type Stripe from 'stripe'
import { readBalanceTransaction, readCharge, readDispute, readPayout, readRefund } from './read-movement.ts'
import { readInvoice, readPaymentIntent, readSession } from './read-payment.ts'
import { readSubscription } from './read-subscription.ts'
import type { Reading } from './reading.ts'
import { isMissing } from './stripe.ts'

const readers: Record<string, (stripe: Stripe, id: string) => Promise<Reading>> = {
  cs: readSession,
  pi: readPaymentIntent,
  in: readInvoice,
  sub: readSubscription,
  ch: readCharge,
  py: readCharge,
  re: readRefund,
  pyr: readRefund,
  du: readDispute,
  dp: readDispute,
  po: readPayout,
  txn: readBalanceTransaction,
}

/** Reads an object from Stripe, whatever it is. Undefined for an id that Stripe does not know. Throws Stripe's errors. */
export async function read(stripe: Stripe, id: string): Promise<Reading | undefined> {
  const [kind = ''] = id.split('_')
  const reader = Object.hasOwn(readers, kind) && readers[kind]
  if (!reader) throw new Error(`${id} is of no kind that we read`)
  try {
    return await reader(stripe, id)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
