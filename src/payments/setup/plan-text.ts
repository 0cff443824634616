import type { StripeMode } from '../../config.ts'
import { formatMoney } from '../../money.ts'
import { productId } from '../stripe-prices.ts'
import { leftText } from '../what-is-left.tsx'
import type { Step, Wanted } from './plan.ts'
import { priceText } from './price-text.ts'

const MODES: Record<StripeMode, string> = { sandbox: 'a local Stripe', test: "Stripe's test mode", live: 'LIVE Stripe' }

/** The plan as lines for the terminal; each price with what is about left of it for an account that settles in these currencies. */
export function planText(steps: Step[], { baseUrl, locale }: Wanted, mode: StripeMode, settlements: string[]): string {
  const lines = steps.flatMap((step) => [stepText(step, locale), ...leftLines(step, settlements)])
  const estimate = `What is left is an estimate, for an account paid out in ${settlements.join(', ').toUpperCase()}.`
  return [`The plan for ${baseUrl} at ${MODES[mode]}:`, '', ...lines, '', estimate].join('\n')
}

/** "  create   price     question-1, ¥6.60" */
export function stepText(step: Step, locale: Wanted['locale']): string {
  const what = step.what === 'old price' ? 'price' : step.what
  const line = `  ${step.act.padEnd(8)} ${what.padEnd(8)} ${nameOf(step, locale)}`
  return step.why ? `${line} (${step.why})` : line
}

function nameOf(step: Step, locale: Wanted['locale']): string {
  if (step.what === 'product') return `${productId(step.product.key)}, ${step.product.name[locale]}`
  if (step.what === 'price') {
    const { key, money, every } = step.price
    return `${key}, ${formatMoney(money, 'en')}${every ? ` a ${every}` : ''}`
  }
  if (step.what === 'old price') return `${step.old.id}, ${priceText(step.old)}`
  if (step.what === 'webhook') return step.url
  const keys = step.offers.map(({ key }) => key)
  return keys.length > 0
    ? `card, address, invoices, cancelling, switching between ${keys.join(', ')}`
    : 'card, invoices'
}

function leftLines(step: Step, settlements: string[]): string[] {
  if (step.what !== 'price') return []
  const { money, kind } = step.price
  const settlement = settlements.includes(money.currency) ? money.currency : settlements[0]
  const { left, hint } = leftText(money, 'en', { settlement, isSubscription: kind === 'subscription' })
  const indent = ' '.repeat(20)
  return [`${indent}${left}`, ...(hint ? [`${indent}${hint}`] : [])]
}
