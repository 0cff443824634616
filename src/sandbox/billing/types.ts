import type Stripe from 'stripe'
import type { Price } from '../resources/prices.ts'

/** As the API sends them: the SDK turns decimals into objects. */

export interface List<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  url: string
}

export type Plan = Omit<Stripe.Plan, 'amount_decimal'> & { amount_decimal: string | null }
export type Item = Omit<Stripe.SubscriptionItem, 'price' | 'plan' | 'discounts'> & {
  price: Price
  plan: Plan
  discounts: string[]
}
export type Subscription = Omit<Stripe.Subscription, 'items' | 'discounts' | 'customer'> & {
  items: List<Item>
  discounts: string[]
  customer: string
}

export type Line = Omit<Stripe.InvoiceLineItem, 'pricing' | 'quantity_decimal' | 'discounts'> & {
  pricing: { price_details: { price: string; product: string }; type: 'price_details'; unit_amount_decimal: string }
  quantity_decimal: string
  discounts: string[]
}
export type Invoice = Omit<Stripe.Invoice, 'lines' | 'discounts' | 'customer'> & {
  lines: List<Line>
  discounts: string[]
  customer: string
}
export type InvoiceItem = Omit<Stripe.InvoiceItem, 'pricing' | 'quantity_decimal' | 'customer' | 'invoice'> & {
  pricing: Line['pricing']
  quantity_decimal: string
  customer: string
  invoice: string | null
}

export const listOf = <T>(data: T[], url: string): List<T> => ({ object: 'list', data, has_more: false, url })
