import type { Insertable } from 'kysely'
import type Stripe from 'stripe'
import type { Tables } from '../db/tables.ts'
import { normalEmail } from '../email-address.ts'

export type Row<T extends keyof Tables> = Insertable<Tables[T]>

/** What Stripe says now of one object, as rows of ours. */
export interface Reading {
  /** The object that these rows are of: a newer reading of it is never overwritten by an older. */
  id: string
  /** Where a Checkout Session can be paid, while it is open. */
  payUrl?: string | null
  /** What a completed Checkout Session began. */
  began?: { subscriptionId: string; invoiceId: string | null; amount: number; currency: string } | undefined
  /** Absent while nothing was paid, and for what this app did not start. */
  payment?: Row<'payments'> | undefined
  /** Of a payment, its charge's is absent until Stripe knows the fee: seconds after the payment, an hour at most. */
  balanceTransactions?: Row<'balance_transactions'>[]
  /** All there are of the payment. */
  refunds?: Row<'refunds'>[]
  disputes?: Row<'disputes'>[]
  payout?: Row<'payouts'>
  subscription?: Row<'subscriptions'> | undefined
  /** It was asked for what other readings of the same object may leave out, so it is not to be lost to a newer one. */
  saysMore?: boolean
}

export type ChargeFacts = Pick<
  Row<'payments'>,
  'charge_id' | 'method' | 'fingerprint' | 'refunded' | 'balance_transaction_id'
>

export function chargeFacts(charge: Stripe.Charge | undefined): ChargeFacts {
  const { type, card, alipay, wechat_pay } = charge?.payment_method_details ?? {}
  return {
    charge_id: charge?.id ?? null,
    method: type ?? null,
    fingerprint: (card ?? alipay ?? wechat_pay)?.fingerprint ?? null,
    refunded: charge?.amount_refunded ?? 0,
    balance_transaction_id: idOf(charge?.balance_transaction),
  }
}

export function balanceTransactionRow(
  transaction: Stripe.BalanceTransaction,
  paymentId: string | null,
): Row<'balance_transactions'> {
  const { id, type, reporting_category, amount, fee, net, currency, exchange_rate, description } = transaction
  return {
    id,
    type,
    reporting_category,
    amount,
    fee,
    net,
    currency,
    exchange_rate,
    description,
    balance_type: transaction.balance_type,
    source: idOf(transaction.source),
    payment_id: paymentId,
    created_at: dateOf(transaction.created),
    available_on: dateOf(transaction.available_on),
  }
}

/** Of those that are there and expanded. */
export function balanceTransactionRows(
  transactions: (string | Stripe.BalanceTransaction | null | undefined)[],
  paymentId: string | null,
): Row<'balance_transactions'>[] {
  return transactions.flatMap((one) => {
    const transaction = expanded(one)
    return transaction ? balanceTransactionRow(transaction, paymentId) : []
  })
}

/** The payer's address as accounts write it, so that whoever proves it finds the payment. */
export function payerOf(email: string | null | undefined): string | null {
  return email ? (normalEmail(email) ?? email.toLowerCase()) : null
}

export const dateOf = (seconds: number) => new Date(seconds * 1000)
export const maybeDate = (seconds: number | null | undefined) => (seconds ? dateOf(seconds) : null)

/** An expanded reference; undefined when it is null or only an id. */
export function expanded<T extends { id: string }>(object: string | T | null | undefined): T | undefined {
  return typeof object === 'string' ? undefined : (object ?? undefined)
}

export function idOf(object: string | { id: string } | null | undefined): string | null {
  return typeof object === 'string' ? object : (object?.id ?? null)
}
