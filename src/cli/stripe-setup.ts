import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import Stripe from 'stripe'
import { catalog } from '../catalog.ts'
import { ConfigError, loadConfig } from '../config.ts'
import { setUpStripe } from '../payments/setup/set-up.ts'
import { run } from '../run.ts'
import { givenStripe } from './stripe-for.ts'

// Makes Stripe match catalog.ts: products, prices, the webhook endpoint, the customer portal.
await run(async () => {
  const values = flags()
  const config = loadConfig()
  if (!config.stripe.isUsed) throw new ConfigError('STRIPE_SECRET_KEY is none: there is no Stripe to set up.')
  const { mode, webhookSecrets } = config.stripe
  const stripe = givenStripe(config.stripe)
  if (!stripe) {
    throw new ConfigError(
      'STRIPE_SECRET_KEY is missing: take it from https://dashboard.stripe.com/apikeys (the local sandbox needs no setup, it makes each price as it is first bought)',
    )
  }
  const options = {
    stripe,
    mode,
    dryRun: values['dry-run'] ?? false,
    confirm: values.yes ? async () => true : ask,
    say: (text: string) => console.log(text),
  }
  const hasSecret = webhookSecrets.length > 0
  await setUpStripe(options, { catalog, locale: config.locale, baseUrl: config.baseUrl, hasSecret }).catch(explain)
})

function flags(): { yes?: boolean; 'dry-run'?: boolean } {
  try {
    return parseArgs({ options: { yes: { type: 'boolean' }, 'dry-run': { type: 'boolean' } } }).values
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}. There are --dry-run and --yes.`)
  }
}

async function ask(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new ConfigError('\nThere is no terminal to ask at: to go on, run npm run stripe:setup -- --yes')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question('\nGo on? [y/N] ')
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

function explain(error: unknown): never {
  if (error instanceof Stripe.errors.StripeError) throw new ConfigError(`Stripe says: ${error.message}`)
  throw error
}
