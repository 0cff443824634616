import { invalid, notInSandbox } from '../errors.ts'
import type { Method } from '../fees.ts'
import type { Tx } from '../tx.ts'
import type { SessionInput } from './session-params.ts'

export function checkMode(tx: Tx, given: SessionInput, mode: 'payment' | 'subscription'): void {
  const only = (name: keyof SessionInput, wanted: typeof mode) => {
    if (given[name] !== undefined && mode !== wanted) {
      throw invalid(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name })
    }
  }
  only('payment_intent_data', 'payment')
  only('invoice_creation', 'payment')
  only('customer_creation', 'payment')
  only('subscription_data', 'subscription')
  only('payment_method_collection', 'subscription')
  if (given.allow_promotion_codes && given.discounts?.length) {
    throw invalid('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'allow_promotion_codes',
    })
  }
  if (given.discounts && given.discounts.length > 1) throw notInSandbox('more than one discount', 'discounts')
  const { trial_end } = given.subscription_data ?? {}
  if (trial_end !== undefined && trial_end < tx.seconds + 48 * 60 * 60 - 5) {
    throw invalid('The `subscription_data[trial_end]` timestamp must be at least 48 hours in the future.', {
      param: 'subscription_data[trial_end]',
    })
  }
}

/** Those of an account in Hong Kong. */
const WALLET_CURRENCIES = ['cny', 'hkd']

/** Cards always; the wallets where they can be paid with, once. Lists only narrow this, they force nothing. */
export function offered(
  currency: string,
  recurs: boolean,
  allowed: string[] | undefined,
  excluded: string[] = [],
): Method[] {
  const all: Method[] = WALLET_CURRENCIES.includes(currency) && !recurs ? ['card', 'alipay', 'wechat_pay'] : ['card']
  const methods = all.filter((method) => (!allowed || allowed.includes(method)) && !excluded.includes(method))
  if (methods.length) return methods
  throw invalid(
    'No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard.',
    { param: 'allowed_payment_method_types' },
  )
}

export function expiry(tx: Tx, asked: number | undefined): number {
  if (asked === undefined) return tx.seconds + 86400
  if (asked < tx.seconds + 30 * 60 - 5)
    throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    })
  if (asked > tx.seconds + 86400 + 5)
    throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    })
  return asked
}
