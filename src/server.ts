import { loadConfig, requireProduction } from './config.ts'
import { connectPostgres } from './db/connection.ts'
import { listen } from './listen.ts'
import { log, setUpLog } from './log.ts'
import { createSmtp } from './mail/smtp.ts'
import { createStripe, inBackground, noStripe } from './payments/stripe.ts'
import { run, stopOnSignal } from './run.ts'
import { start } from './start.ts'

// The production entry: a real Stripe or none at all, a real Postgres, real mail; else nothing.
await run(async () => {
  const config = loadConfig()
  requireProduction(config)
  setUpLog(config.logLevel ?? 'info')
  const { secretKey, apiBase, mode } = config.stripe
  const stripeWith = (options = {}) => (secretKey ? createStripe(secretKey, { apiBase, ...options }) : noStripe())
  // Two of each: pages that wait for a slow query leave the workers theirs, and the other way round.
  const connection = connectPostgres(config.databaseUrl, { statementTimeoutMs: 15_000 })
  const workers = {
    connection: connectPostgres(config.databaseUrl),
    stripe: stripeWith(inBackground(mode)),
  }
  const transporter = createSmtp(config.mail.smtpUrl)
  const { app, stop } = await start({ config, connection, stripe: stripeWith(), workers, transporter })
  const server = await listen(app, config.port)
  log.info(`Listening on port ${server.port} for ${config.baseUrl}`)
  stopOnSignal(async () => {
    await server.close(config.drainSeconds * 1000)
    await stop()
    await connection.close()
    await workers.connection.close()
  })
})
