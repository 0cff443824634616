import { parseArgs } from 'node:util'
import Stripe from 'stripe'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { startJobs } from '../jobs/queue.ts'
import type { Reconciled, ReconcileOptions } from '../payments/reconcile/reconcile.ts'
import { ReconcileUnderWay } from '../payments/reconcile/runs.ts'
import { createStripe } from '../payments/stripe.ts'
import { run } from '../run.ts'
import { askRunningApp } from './control.ts'
import { openDatabase } from './database.ts'
import { reconcileBooks } from './reconcile-books.ts'
import { isClean, summary } from './reconcile-summary.ts'
import { listenTo } from './told.ts'

const DAY_MS = 86_400_000
type Span = Required<Pick<ReconcileOptions, 'since' | 'dryRun'>>

// Compares our tables with Stripe's own lists, and reads again what differs. Ends with 1 when anything is left.
await run(async () => {
  const span = flags()
  const config = loadConfig()
  if (!config.stripe.isUsed) throw new ConfigError('STRIPE_SECRET_KEY is none: there is no Stripe to compare with.')
  const say = (line: string) => console.log(line)
  const result = (await byRunningApp(config, span, say)) ?? (await here(config, span, say).catch(explain))
  console.log(summary(result, span.dryRun))
  if (!isClean(result)) process.exitCode = 1
})

function flags(): Span {
  const { since, all, 'dry-run': dryRun = false } = parsed()
  if (all) return { since: null, dryRun }
  const days = /^(\d{1,5})d$/.exec(since ?? '30d')?.[1]
  if (!days) throw new ConfigError(`--since ${since}: say a number of days, as in --since 30d.`)
  return { since: new Date(Date.now() - Number(days) * DAY_MS), dryRun }
}

function parsed() {
  const options = { since: { type: 'string' }, all: { type: 'boolean' }, 'dry-run': { type: 'boolean' } } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}. There are --since 30d, --all and --dry-run.`)
  }
}

async function byRunningApp({ databaseUrl, dataDir }: Config, span: Span, say: (line: string) => void) {
  if (databaseUrl) return undefined
  const query = { since: span.since?.toISOString() ?? '', dryRun: String(span.dryRun) }
  const answer = await askRunningApp(dataDir, 'stripe-reconcile', query)
  return answer && listenTo<Reconciled>(answer, say)
}

async function here(config: Config, span: Span, say: (line: string) => void): Promise<Reconciled> {
  const { secretKey, apiBase } = config.stripe
  if (!secretKey && config.isProduction)
    throw new ConfigError('STRIPE_SECRET_KEY is missing: there is nothing to compare with.')
  if (!secretKey) throw new ConfigError('The local Stripe is a part of npm run dev: start that, and run this again.')
  const connection = await openDatabase(config)
  try {
    await migrate(connection.db)
    const jobs = await startJobs(connection.pool, (error) => console.error(error))
    const deps = { config, db: connection.db, jobs, stripe: createStripe(secretKey, { apiBase }) }
    return await reconcileBooks(deps, { ...span, say }).finally(() => jobs.stop())
  } finally {
    await connection.close()
  }
}

function explain(error: unknown): never {
  if (error instanceof ReconcileUnderWay) throw new ConfigError(error.message)
  if (error instanceof Stripe.errors.StripeError) throw new ConfigError(`Stripe says: ${error.message}`)
  throw error
}
