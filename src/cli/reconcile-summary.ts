import { formatMoney } from '../money.ts'
import type { Reconciled } from '../payments/reconcile/reconcile.ts'

/** Nothing is left to explain, and the sums agree. */
export function isClean({ unexplained, balances }: Reconciled): boolean {
  return unexplained === 0 && balances.every(({ ours, stripes }) => ours === stripes)
}

export function summary(result: Reconciled, dryRun: boolean): string {
  const { checked, healed, unexplained, balances } = result
  const money = (amount: number, currency: string) => formatMoney({ amount, currency }, 'en')
  const lines = balances.map(({ currency, ours, stripes }) =>
    ours === stripes
      ? `  ${currency.toUpperCase()}: agrees with Stripe, ${money(ours, currency)}`
      : `  ${currency.toUpperCase()}: our books ${money(ours, currency)}, Stripe ${money(stripes, currency)}, off by ${money(ours - stripes, currency)}`,
  )
  const counted = dryRun ? `${unexplained} different` : `${healed} put right, ${unexplained} left`
  const hint = balances.some(({ ours, stripes }) => ours !== stripes) && unexplained === 0 && !dryRun
  return [
    `Checked ${checked}: ${counted}.`,
    ...lines,
    ...(hint ? ['  What is older was not looked at: npm run stripe:reconcile -- --all reads everything.'] : []),
  ].join('\n')
}
