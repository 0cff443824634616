import Stripe from 'stripe'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { connectPostgres } from '../db/connection.ts'
import { startJobs } from '../jobs/queue.ts'
import { run } from '../run.ts'
import { askRunningApp } from './control.ts'
import { goLive } from './live.ts'
import { stripeFor } from './stripe-for.ts'
import { listenTo } from './told.ts'

const NOT_RUNNING = 'The app does not run: start it (npm start; in development npm run dev), and run this again.'

// The last gate: the doctor, then a real payment of the owner's that comes into the books and is given back.
await run(async () => {
  const config = loadConfig()
  const say = (line: string) => console.log(line)
  if (config.databaseUrl) await here(config, config.databaseUrl, say).catch(explain)
  else {
    const answer = await askRunningApp(config.dataDir, 'go-live')
    if (!answer) throw new ConfigError(NOT_RUNNING)
    await listenTo<void>(answer, say)
  }
  process.exit(0)
})

async function here(config: Config, databaseUrl: string, say: (line: string) => void): Promise<void> {
  const stripe = await stripeFor(config)
  if (!stripe)
    throw new ConfigError(config.isProduction ? 'STRIPE_SECRET_KEY is missing: nothing to try.' : NOT_RUNNING)
  const connection = connectPostgres(databaseUrl)
  try {
    const jobs = await startJobs(connection.pool, (error) => console.error(error))
    await goLive({ config, db: connection.db, jobs, stripe, say }).finally(() => jobs.stop())
  } finally {
    await connection.close()
  }
}

function explain(error: unknown): never {
  if (error instanceof Stripe.errors.StripeError) throw new ConfigError(`Stripe says: ${error.message}`)
  throw error
}
