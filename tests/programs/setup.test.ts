import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, inject, onTestFinished, test } from 'vitest'
import { connectPostgres } from '../../src/db/connection.ts'
import { pendingMigrations } from '../../src/db/migrate.ts'
import { listen } from '../../src/listen.ts'
import { onPostgres } from '../support/databases.ts'
import { openLocalStripe } from '../support/local-stripe.ts'
import { openMailServer } from '../support/mail-server.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { preparedFolder, runInTerminal, runSource, temporaryFolder } from '../support/process.ts'

onPostgres('npm run setup without a terminal', (database) => {
  test('writes .env for this user alone, makes the tables, sets Stripe up, keeps its secret and sends a mail', async () => {
    const { stripe, sandbox } = await openLocalStripe(database)
    const server = await listen(sandbox.app, 0, '127.0.0.1')
    onTestFinished(() => server.close())
    const mail = await openMailServer()
    const file = join(await temporaryFolder(), '.env')
    const env = {
      OWNER_EMAIL: 'ming@ming.red',
      BASE_URL: 'https://ming.red',
      DATABASE_URL: await emptyDatabase(),
      STRIPE_SECRET_KEY: 'sk_test_geheim',
      STRIPE_API_BASE: `http://127.0.0.1:${server.port}`,
      SMTP_URL: mail.url.replace('smtp://', 'smtp://ming:geheim@'),
      MAIL_FROM: 'Ming "the $first" \\n <ming@ming.red>',
    }
    const first = setup(file, env)
    expect(await first.exited, first.output).toBe(0)

    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const { STRIPE_WEBHOOK_SECRET, ...written } = await valuesOf(file)
    expect(written).toMatchObject(env)
    expect(STRIPE_WEBHOOK_SECRET).toMatch(/^whsec_\w+$/)
    expect(await readFile(file, 'utf8')).toContain('# * Your own address')
    const { db, close } = connectPostgres(env.DATABASE_URL)
    expect(await pendingMigrations(db).finally(close)).toEqual([])
    const { data: endpoints } = await stripe.webhookEndpoints.list()
    expect(endpoints.map(({ url }) => url)).toEqual(['https://ming.red/webhooks/stripe'])
    expect((await stripe.products.list()).data.length).toBeGreaterThan(0)
    expect(mail.received.map(({ to }) => to)).toEqual(['ming@ming.red'])
    expect(first.output).not.toMatch(new RegExp(`geheim|${STRIPE_WEBHOOK_SECRET}`))

    const before = await readFile(file, 'utf8')
    const again = setup(file, env)
    expect(await again.exited, again.output).toBe(0)
    expect(again.output).toMatch(/stays as it is(.|\n)*database is ready\.(.|\n)*Nothing to do/)
    expect(await readFile(file, 'utf8')).toBe(before)
    expect((await stripe.webhookEndpoints.list()).data.length).toBe(1)
  })
})

test('what stands in .env is not overwritten, unless told to', async () => {
  const file = join(await temporaryFolder(), '.env')
  const before = '# mine\nOWNER_EMAIL=ming@ming.red\nMETRICS_TOKEN=kept-as-it-is-kept\n'
  await writeFile(file, before)
  const env = { DATA_DIR: await preparedFolder(), OWNER_EMAIL: 'li@ming.red' }
  const refused = setup(file, env)
  expect(await refused.exited).toBe(1)
  expect(refused.output).toMatch(/has another OWNER_EMAIL.*--yes/)
  expect(await readFile(file, 'utf8')).toBe(before)

  const told = setup(file, env, ['--yes'])
  expect(await told.exited, told.output).toBe(0)
  expect(await readFile(file, 'utf8')).toMatch(/^# mine\nOWNER_EMAIL=li@ming.red\nMETRICS_TOKEN=kept-as-it-is-kept\n/)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a bad value writes nothing; one thing that is away does not keep the rest from being done', async () => {
  const file = join(await temporaryFolder(), '.env')
  const bad = setup(file, { OWNER_EMAIL: 'ming' })
  expect(await bad.exited).toBe(1)
  expect(bad.output).toMatch(/OWNER_EMAIL must be an email address/)
  await expect(stat(file)).rejects.toThrow('ENOENT')

  const away = setup(file, {
    DATABASE_URL: await emptyDatabase(),
    STRIPE_SECRET_KEY: 'none',
    SMTP_URL: 'smtp://ming:geheim@127.0.0.1:9',
    MAIL_FROM: 'ming@ming.red',
  })
  expect(await away.exited).toBe(1)
  expect(away.output).toMatch(/database is ready(.|\n)*Stripe: none(.|\n)*Mail did not work: .*ECONNREFUSED/)
  expect(away.output).toMatch(/mend it and run npm run setup again/)
  expect(away.output).not.toContain('geheim')
  expect(await valuesOf(file)).toMatchObject({ STRIPE_SECRET_KEY: 'none' })
})

test('in a terminal it asks, says at once what can not be right, and asks again before it overwrites', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, '.env')
  await writeFile(file, 'MAIL_FROM=ming@ming.red\n')
  const program = runInTerminal('src/cli/setup.ts', { DATA_DIR: await preparedFolder() }, ['--file', file])
  await program.says(/Your own email address/)
  program.type('ming\r')
  await program.says(/It must be an email address/)
  program.type(`${CLEAR}ming@ming.red\r`)
  for (const name of [
    'public address of your site',
    "Stripe's secret key",
    'address of your Postgres',
    'mail server',
  ]) {
    await program.says(new RegExp(name))
    program.type('\r')
  }
  await program.says(/Who your receipts come from/)
  program.type(`${CLEAR}li@ming.red\r`)
  for (const name of ['Where your days begin', 'language for those', 'How many proxies']) {
    await program.says(new RegExp(name))
    program.type('\r')
  }
  await program.says(/has another MAIL_FROM\. Overwrite\?/)
  program.type('y')
  expect(await program.exited, program.output).toBe(0)
  expect(await valuesOf(file)).toMatchObject({ OWNER_EMAIL: 'ming@ming.red', MAIL_FROM: 'li@ming.red' })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

/** Ctrl-U, which empties the line. */
const CLEAR = '\x15'

const setup = (file: string, env: NodeJS.ProcessEnv, args: string[] = []) =>
  runSource('src/cli/setup.ts', env, ['--file', file, ...args])

async function valuesOf(file: string) {
  return parseEnv(await readFile(file, 'utf8'))
}

function emptyDatabase(): Promise<string> {
  const { url, template } = inject('postgres')
  return createDatabase(url, `${template}_${randomBytes(6).toString('hex')}`)
}
