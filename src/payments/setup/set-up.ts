import type Stripe from 'stripe'
import type { StripeMode } from '../../config.ts'
import { applyPlan } from './apply.ts'
import { findAll } from './found.ts'
import { planOf, type Step, type Wanted } from './plan.ts'
import { planText, stepText } from './plan-text.ts'

export interface SetupOptions {
  stripe: Stripe
  mode: StripeMode
  dryRun?: boolean
  /** Whether to go on, once the plan is on the screen. */
  confirm(): Promise<boolean>
  /** Prints. */
  say(text: string): void
  /** Instead of printing the signing secret of a new endpoint. */
  keepSecret?(secret: string): void
}

/** Makes Stripe what the catalog says: reads, shows a plan, asks, does it. Throws Stripe's errors. */
export async function setUpStripe(
  { stripe, mode, dryRun, confirm, say, keepSecret }: SetupOptions,
  wanted: Wanted,
): Promise<void> {
  const found = await findAll(stripe, wanted.catalog)
  const steps = planOf(found, wanted)
  say(planText(steps, wanted, mode, found.settlements))
  if (steps.every(({ act }) => act === 'keep' || act === 'skip')) return say('\nNothing to do.')
  if (dryRun) return say('\nA dry run: nothing was changed.')
  if (!(await confirm())) return say('\nNothing was changed.')

  say('\nDone:')
  await applyPlan({ stripe, locale: wanted.locale }, steps, (step, secret) => {
    say(stepText(step, wanted.locale))
    if (secret && keepSecret) keepSecret(secret)
    else if (secret) say(secretText(secret))
  })
  if (steps.some(isNewPrice)) {
    say('\nNow deploy or restart the site: one that still runs may offer prices that are archived by now.')
  }
}

function secretText(secret: string): string {
  return `
  Stripe shows its signing secret this once. Put it into .env and restart the site; until then it hears of payments
  when it asks Stripe, every few minutes:

  STRIPE_WEBHOOK_SECRET=${secret}
`
}

function isNewPrice(step: Step): boolean {
  return step.what === 'price' && step.act === 'create' && step.holder !== undefined
}
