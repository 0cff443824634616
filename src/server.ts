import { loadConfig, requireProduction } from './config.ts'
import { connectPostgres } from './db/connection.ts'
import { listen } from './listen.ts'
import { createSmtp } from './mail/smtp.ts'
import { createStripe, noStripe } from './payments/stripe.ts'
import { run, stopOnSignal } from './run.ts'
import { start } from './start.ts'

// The production entry: a real Stripe or none at all, a real Postgres, real mail; else nothing.
await run(async () => {
  const config = loadConfig()
  requireProduction(config)
  const connection = connectPostgres(config.databaseUrl)
  const { secretKey, apiBase } = config.stripe
  const stripe = secretKey ? createStripe(secretKey, { apiBase }) : noStripe()
  const { app, stop } = await start({ config, connection, stripe, transporter: createSmtp(config.mail.smtpUrl) })
  const server = await listen(app, config.port)
  console.log(`Listening on port ${server.port} for ${config.baseUrl}`)
  stopOnSignal(async () => {
    await server.close()
    await stop()
    await connection.close()
  })
})
