import { Hono } from 'hono'
import { createTransport } from 'nodemailer'
import pretty from 'pino-pretty'
import type Stripe from 'stripe'
import { emailPreviews } from '../emails/preview.tsx'
import { createOwnerLink } from './auth/owner-link.ts'
import { catalog } from './catalog.ts'
import { serveCommands } from './cli/control.ts'
import { openDatabase } from './cli/database.ts'
import { reconcileFor } from './cli/reconcile-books.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { migrate } from './db/migrate.ts'
import { listen } from './listen.ts'
import { setUpLog } from './log.ts'
import { createSmtp } from './mail/smtp.ts'
import { keepAsCatalog } from './payments/setup/keep.ts'
import { createStripe, noStripe } from './payments/stripe.ts'
import { rebuildRollups } from './revenue/rollups.ts'
import { run, stopOnSignal } from './run.ts'
import { createSandbox } from './sandbox/index.ts'
import { start } from './start.ts'

const SANDBOX_KEY = 'sk_test_sandbox'
const SANDBOX_SECRET = 'whsec_sandbox'
const PREVIEWS = '/sandbox/emails'

// The development entry: whatever has no key runs in this process.
await run(async () => {
  const config = loadConfig()
  setUpLog(config.logLevel ?? 'warn', pretty({ sync: true, ignore: 'pid,hostname' }))
  if (config.isProduction) throw new ConfigError('NODE_ENV is production, and this is for development: use npm start.')
  const connection = await openDatabase(config)
  await migrate(connection.db)

  const onSandbox = config.stripe.isUsed && !config.stripe.secretKey
  if (onSandbox) config.stripe.webhookSecrets = [SANDBOX_SECRET]
  const webhook = { url: `http://localhost:${config.port}/webhooks/stripe`, secret: SANDBOX_SECRET }
  const sandbox = await createSandbox({ pool: connection.pool, baseUrl: config.baseUrl, ...(onSandbox && { webhook }) })
  const stripe = stripeOf(config, sandbox)
  const transporter = config.mail.smtpUrl ? createSmtp(config.mail.smtpUrl) : createTransport(sandbox.mailbox.transport)

  const { app, jobs, stop } = await start({ config, connection, stripe, transporter })
  // Asked, not mounted: then what is not found is answered by the app's own page.
  const site = new Hono()
    .route(PREVIEWS, emailPreviews(PREVIEWS))
    .route('/sandbox', sandbox.app)
    .all('*', (c) => app.fetch(c.req.raw, c.env))
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
    }))
  if (onSandbox) {
    sandbox.start()
    // Not waited for: the sandbox may be told to answer nothing, and the site works without it.
    keepAsCatalog(stripe, catalog, config.locale).catch((error: Error) =>
      console.error(`The sandbox has not got all of the catalog: ${error.message}`),
    )
  }

  console.log(`
  ${config.baseUrl}                    your site
  ${config.baseUrl}/tip                where the first ¥6.6 comes in
  ${config.baseUrl}/sandbox            ${onSandbox ? 'the local Stripe: no account, no real money' : 'the mailbox'}
  ${config.baseUrl}/sandbox/mailbox    the mail that would have been sent
  ${config.baseUrl}/sandbox/emails     every mail there is, with samples

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

function stripeOf({ stripe: { isUsed, secretKey, apiBase } }: Config, sandbox: { fetch: typeof fetch }): Stripe {
  if (!isUsed) return noStripe()
  return secretKey ? createStripe(secretKey, { apiBase }) : createStripe(SANDBOX_KEY, { fetch: sandbox.fetch })
}
