import { readFile } from 'node:fs/promises'
import { parseArgs, parseEnv } from 'node:util'
import { type Config, ConfigError, givenEnvironment, loadConfig } from '../config.ts'
import { run } from '../run.ts'
import { readEnvFile, withValues, writeEnvFile } from './env-file.ts'
import { alsoTaken, questions } from './setup-questions.ts'
import { prepareDatabase, prepareStripe, sendTestMail } from './setup-steps.ts'
import { givenStripe } from './stripe-for.ts'
import { type Host, silentHost, terminalHost } from './wizard.ts'

const names = [...questions.map(({ name }) => name), ...alsoTaken]

// Writes .env, prepares database and Stripe, sends a test mail. Without a terminal, or with --yes, from the variables given.
await run(async () => {
  const { file, yes } = flags()
  const isAsked = !yes && process.stdin.isTTY === true
  const host = isAsked ? terminalHost() : silentHost()

  const text = await writeAnswers(host, file, { mayOverwrite: isAsked || yes })
  const config = configOf(text)
  const went = [
    await step(host, 'The database', async () => host.say(await prepareDatabase(config))),
    await step(host, 'Stripe', () => setUpStripeAt(host, file, config)),
    await step(host, 'Mail', () => tryMail(host, config)),
  ]
  const isWell = went.every(Boolean)
  host.end(
    isWell
      ? 'Done. Next: npm run doctor says what is left, npm run go-live tries it with a real payment.'
      : `${file} is written, and something above did not work: mend it and run npm run setup again.`,
  )
  process.exit(isWell ? 0 : 1)
})

function flags(): { file: string; yes: boolean } {
  try {
    const { file = '.env', yes = false } = parseArgs({
      options: { file: { type: 'string' }, yes: { type: 'boolean' } },
    }).values
    return { file, yes }
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}. There are --yes and --file .env.`)
  }
}

/** The text of the file as it is afterwards. */
async function writeAnswers(host: Host, file: string, { mayOverwrite }: { mayOverwrite: boolean }): Promise<string> {
  const before = await readEnvFile(file)
  const old: NodeJS.Dict<string> = before?.values ?? {}
  const values = await host.values({ ...only(old), ...only(givenEnvironment()) })
  loadConfig({ ...old, ...values })
  const changed = Object.entries(values).filter(([name, value]) => (old[name] ?? '') !== value)
  if (before && changed.length === 0) {
    host.say(`${file} stays as it is.`)
    return before.text
  }
  const overwritten = changed.map(([name]) => name).filter((name) => old[name])
  if (overwritten.length > 0) {
    const what = `${file} has another ${overwritten.join(', ')}`
    if (!mayOverwrite)
      throw new ConfigError(`${what}, and there is no terminal to ask at: add --yes, or edit it yourself.`)
    if (!(await host.agrees(`${what}. Overwrite?`))) throw new ConfigError('Nothing was written.')
  }
  const text = withValues(before?.text ?? (await example()), Object.fromEntries(changed))
  await writeEnvFile(file, text)
  host.say(`${file}: ${changed.map(([name]) => name).join(', ') || 'nothing is set'}. Only you may read it.`)
  return text
}

async function setUpStripeAt(host: Host, file: string, config: Config): Promise<void> {
  if (!config.stripe.isUsed) return host.say('Stripe: none. Your own payment codes: docs/offline.md.')
  const stripe = givenStripe(config.stripe)
  if (!stripe) return host.say('Stripe: the local sandbox, which needs no set-up.')
  const secret = await prepareStripe(stripe, config, host)
  if (!secret) return
  const before = await readEnvFile(file)
  await writeEnvFile(file, withValues(before?.text ?? '', { STRIPE_WEBHOOK_SECRET: secret }))
  host.say(`STRIPE_WEBHOOK_SECRET is in ${file}. Restart the site, if it runs.`)
}

async function tryMail(host: Host, config: Config): Promise<void> {
  if (!config.mail.smtpUrl) return host.say('Mail: the mailbox at /sandbox/mailbox.')
  await sendTestMail(config)
  host.say(`A test mail is on its way to ${config.ownerEmail}: look also among the spam.`)
}

/** One that fails does not keep the next from being tried. */
async function step(host: Host, what: string, work: () => Promise<void> | void): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    host.say(`${what} did not work: ${message || code}`)
    return false
  }
}

function configOf(text: string): Config {
  return loadConfig({ ...givenEnvironment(), ...parseEnv(text) })
}

function only(values: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (values[name] ? [[name, values[name]]] : [])))
}

function example(): Promise<string> {
  return readFile(new URL('../../.env.example', import.meta.url), 'utf8')
}
