import { Hono } from 'hono'
import { createTransport } from 'nodemailer'
import { createOwnerLink } from './auth/owner-link.ts'
import { serveCommands } from './cli/control.ts'
import { openDatabase } from './cli/database.ts'
import { goLive } from './cli/live.ts'
import { reconcileFor } from './cli/reconcile-books.ts'
import { tell } from './cli/told.ts'
import { ConfigError, loadConfig } from './config.ts'
import { migrate } from './db/migrate.ts'
import { examine } from './doctor/examine.ts'
import { patientOf } from './doctor/patient.ts'
import { listen } from './listen.ts'
import { createSmtp } from './mail/smtp.ts'
import { createStripe } from './payments/stripe.ts'
import { rebuildRollups } from './revenue/rollups.ts'
import { run, stopOnSignal } from './run.ts'
import { createSandbox } from './sandbox/index.ts'
import { start } from './start.ts'

const SANDBOX_KEY = 'sk_test_sandbox'
const SANDBOX_SECRET = 'whsec_sandbox'

// The development entry: whatever has no key runs in this process.
await run(async () => {
  const config = loadConfig()
  if (config.isProduction) throw new ConfigError('NODE_ENV is production, and this is for development: use npm start.')
  const connection = await openDatabase(config)
  await migrate(connection.db)

  const onSandbox = !config.stripe.secretKey
  if (onSandbox) config.stripe.webhookSecrets = [SANDBOX_SECRET]
  const webhook = { url: `http://localhost:${config.port}/webhooks/stripe`, secret: SANDBOX_SECRET }
  const sandbox = await createSandbox({ pool: connection.pool, baseUrl: config.baseUrl, ...(onSandbox && { webhook }) })
  const stripe = config.stripe.secretKey
    ? createStripe(config.stripe.secretKey, { apiBase: config.stripe.apiBase })
    : createStripe(SANDBOX_KEY, { fetch: sandbox.fetch })
  const transporter = config.mail.smtpUrl ? createSmtp(config.mail.smtpUrl) : createTransport(sandbox.mailbox.transport)

  const { app, jobs, stop } = await start({ config, connection, stripe, transporter })
  // Asked, not mounted: then what is not found is answered by the app's own page.
  const site = new Hono().route('/sandbox', sandbox.app).all('*', (c) => app.fetch(c.req.raw, c.env))
  // The mailbox and the owner's link are for this machine, unless BASE_URL says otherwise.
  const { hostname } = new URL(config.baseUrl)
  const server = await listen(site, config.port, hostname === 'localhost' ? hostname : undefined)
  const ownerLink = () => createOwnerLink(connection.db, config)
  const { dump } = connection
  const books = { config, db: connection.db, jobs, stripe }
  const commands =
    dump &&
    (await serveCommands(config.dataDir, {
      'owner-link': ownerLink,
      backup: dump,
      'revenue-rebuild': () => rebuildRollups(connection.db, config.timeZone).then(() => 'Done'),
      'stripe-reconcile': async (query) => reconcileFor(books, query),
      doctor: async () => JSON.stringify(await examine(patientOf(config, books))),
      'go-live': async () => tell((say) => goLive({ ...books, say })),
    }))
  if (onSandbox) sandbox.start()

  console.log(`
  ${config.baseUrl}                    your site
  ${config.baseUrl}/tip                where the first ¥6.6 comes in
  ${config.baseUrl}/sandbox            ${onSandbox ? 'the local Stripe: no account, no real money' : 'the mailbox'}
  ${config.baseUrl}/sandbox/mailbox    the mail that would have been sent

  Sign in as the owner (once, within an hour; another: npm run owner:link)
  ${await ownerLink()}
`)
  stopOnSignal(async () => {
    await commands?.close()
    await server.close()
    await sandbox.stop()
    await stop()
    await connection.close()
  })
})
