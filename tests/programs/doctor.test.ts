import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { createDatabase } from '../support/postgres-databases.ts'
import { preparedFolder, runSource, temporaryFolder } from '../support/process.ts'

const doctor = (env: NodeJS.ProcessEnv, args: string[] = []) => runSource('src/cli/doctor.ts', env, args)

test('a fresh clone: nothing failed, for people and for programs, and looking makes nothing', async () => {
  const env = { DATA_DIR: join(await temporaryFolder(), 'data'), PORT: String(await freePort()) }
  const program = doctor(env)
  expect(await program.exited).toBe(0)
  expect(program.output).toMatch(/^ {2}ok +node +Node v/)
  expect(program.output).toMatch(/ {2}warning +stripe key .*\n +→ Put sk_live_/)
  expect(program.output).toMatch(/\n\n\d+ ok, \d+ to look at, 0 failed, \d+ not looked at\n$/)

  const asJson = doctor(env, ['--json'])
  expect(await asJson.exited).toBe(0)
  const { well, lines } = JSON.parse(asJson.output)
  expect(well).toBe(true)
  expect(lines.find(({ name }: { name: string }) => name === 'mail')).toMatchObject({
    status: 'warning',
    text: { en: expect.any(String), 'zh-CN': expect.any(String) },
  })
  await expect(access(env.DATA_DIR)).rejects.toThrow('ENOENT')
})

test.each([
  ['a bad key', { STRIPE_SECRET_KEY: 'pk_live_1' }, /FAILED +environment +STRIPE_SECRET_KEY must look like/],
  [
    'nothing of what production needs',
    { NODE_ENV: 'production' },
    /FAILED +environment +missing: BASE_URL, DATABASE_URL/,
  ],
  [
    'a database that is away',
    { DATABASE_URL: 'postgres://me:geheim@127.0.0.1:9/x' },
    /FAILED +database .*ECONNREFUSED/,
  ],
  [
    'mail that is away',
    { SMTP_URL: 'smtp://me:geheim@127.0.0.1:9', MAIL_FROM: 'a@b.cc' },
    /FAILED +mail .*ECONNREFUSED/,
  ],
  [
    'a Stripe that is away',
    { STRIPE_SECRET_KEY: 'sk_test_geheim', STRIPE_API_BASE: 'http://127.0.0.1:9' },
    /FAILED +stripe /,
  ],
])('%s ends it with 1 and a line that says so, without any secret', async (_, broken, line) => {
  const env = { DATA_DIR: join(await temporaryFolder(), 'data'), PORT: String(await freePort()), ...broken }
  const [program, asJson] = [doctor(env), doctor(env, ['--json'])]
  expect(await program.exited).toBe(1)
  expect(program.output).toMatch(line)
  expect(await asJson.exited).toBe(1)
  expect(JSON.parse(asJson.output).well).toBe(false)
  expect(program.output + asJson.output).not.toContain('geheim')
})

test('an option that there is not is told what there is', async () => {
  const program = doctor({}, ['--jsno'])
  expect(await program.exited).toBe(1)
  expect(program.output).toMatch(/--jsno.*There is --json/)
})

test('a database without tables is told what to run; beside the running app, that one is asked', async () => {
  const { url, template } = inject('postgres')
  const name = `${template}_${randomBytes(6).toString('hex')}`
  const empty = doctor({ DATABASE_URL: await createDatabase(url, name) })
  expect(await empty.exited).toBe(1)
  expect(empty.output).toMatch(/FAILED +database migrations .*\n +→ .*npm run db:migrate/)

  const env = { DATA_DIR: await preparedFolder(), PORT: String(await freePort()) }
  const app = runSource('src/dev.ts', env)
  await app.says(/Sign in as the owner/)
  const beside = doctor(env)
  expect(await beside.exited).toBe(0)
  for (const check of ['site answers', 'database migrations', 'stripe charges', 'stripe delivery']) {
    expect(beside.output).toMatch(new RegExp(`^ {2}ok +${check} `, 'm'))
  }
})
