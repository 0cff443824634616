import { catalog } from '../catalog.ts'
import { type Config, ConfigError } from '../config.ts'
import type { World } from '../doctor/check.ts'
import { examine } from '../doctor/examine.ts'
import { patientOf } from '../doctor/patient.ts'
import { formatMoney, type Money } from '../money.ts'
import { createCheckout, type Order } from '../payments/checkout.ts'
import { refund } from '../payments/refund.ts'
import type { SyncDeps } from '../payments/sync.ts'
import { doctorText, isWell } from './doctor-text.ts'
import { arrivalOf, expired, type Patience, paymentOf, usual } from './live-waiting.ts'
import { payWithTestCard } from './test-card.ts'

export interface GoLiveDeps extends SyncDeps {
  config: Config
  /** Prints. */
  say(line: string): void
  patience?: Patience
  /** Instead of a person, or of the sandbox's page. */
  pay?(url: string): Promise<void>
  /** What the doctor sees of it; this machine. */
  world?: Partial<World>
}

/**
 * The last gate before customers: the doctor finds nothing wrong, the owner buys the cheapest thing, it comes into the books,
 * and is given back. On the sandbox it pays by itself. Throws a ConfigError that says what did not work; what was paid is
 * given back all the same.
 */
export async function goLive(deps: GoLiveDeps): Promise<void> {
  const { config, say, patience = usual } = deps
  const done = stopwatch(say)
  await seeDoctor(deps)
  done('the doctor finds nothing wrong')

  const { order, money } = cheapest(config)
  const { id, url } = await createCheckout(deps, order)
  const price = formatMoney(money, 'en')
  done(`a checkout for ${price}`)
  await askToPay(deps, url, price)
  const paymentId = await paymentOf(deps.stripe, id, patience)
  if (!paymentId) throw new ConfigError(await expired(deps.stripe, id, patience.payMs))
  done(`paid: ${paymentId}`)

  const arrival = await arrivalOf(deps, paymentId, patience).catch((error: Error) => error)
  if (typeof arrival === 'string') done(arrival)
  await giveBack(deps, paymentId, money)
  done('refunded, and in the books as that. Stripe keeps its fee')
  if (arrival instanceof Error) throw arrival
  say(
    config.stripe.secretKey
      ? '\nYou can go live: a customer’s payment takes the same way.'
      : '\nAll of it works on the sandbox.',
  )
}

async function seeDoctor({ config, db, stripe, world }: GoLiveDeps): Promise<void> {
  const patient = patientOf(config, { db, stripe })
  const lines = await examine({ ...patient, world: { ...patient.world, ...world } })
  if (!isWell(lines)) throw new ConfigError(`${doctorText(lines)}\n\nNothing was bought: mend what failed first.`)
}

/** What a customer can buy once, for the least; where nothing is sold, the smallest tip. */
function cheapest({ ownerEmail, locale }: Config) {
  const common = { locale, cancelPath: '/', requestId: `go-live-${crypto.randomUUID()}`, email: ownerEmail }
  const [price] = catalog.products
    .flatMap(({ prices }) => prices)
    .filter(({ kind, money }) => kind !== 'subscription' && money.currency === catalog.currency)
    .sort((a, b) => a.money.amount - b.money.amount)
  const money = price?.money ?? catalog.tip.presets[0]!
  const order: Order = price
    ? { ...common, kind: 'catalog', price, quantity: 1, trial: false }
    : { ...common, kind: 'tip', description: catalog.name[locale], money }
  return { order, money }
}

async function askToPay({ config, say, pay }: GoLiveDeps, url: string, price: string): Promise<void> {
  if (pay) return pay(url)
  if (!config.stripe.secretKey && !config.stripe.apiBase) return payWithTestCard(url, config.ownerEmail)
  say(`\nNow be your own first customer: pay ${price} here. It is given back in a moment.\n\n  ${url}\n`)
}

async function giveBack(deps: GoLiveDeps, paymentId: string, money: Money): Promise<void> {
  const idempotencyKey = `go-live:${paymentId}`
  const order = {
    paymentId,
    money,
    reason: 'requested_by_customer' as const,
    askedBy: 'owner' as const,
    idempotencyKey,
  }
  const refusal = await refund(deps, order).catch((error: Error) => ({ said: error.message }))
  if (refusal) {
    throw new ConfigError(
      `Paid, but the refund did not work: ${refusal.said}\nRefund it at ${deps.config.baseUrl}/dashboard/payments/${paymentId}`,
    )
  }
  const row = await deps.db
    .selectFrom('refunds')
    .select(({ fn }) => fn.sum<number>('amount').as('amount'))
    .where('payment_id', '=', paymentId)
    .executeTakeFirst()
  if (Number(row?.amount) === money.amount) return
  throw new ConfigError(
    'Stripe has given the money back, and the books do not show it: run npm run stripe:reconcile, and see /dashboard/health.',
  )
}

function stopwatch(say: (line: string) => void): (what: string) => void {
  let last = performance.now()
  return (what) => {
    const now = performance.now()
    say(`  ${((now - last) / 1000).toFixed(1).padStart(6)} s  ${what}`)
    last = now
  }
}
