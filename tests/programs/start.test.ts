import { execFileSync } from 'node:child_process'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { freePort } from '../support/free-port.ts'
import { Program, preparedFolder, runSource, temporaryFolder } from '../support/process.ts'

const root = resolve(import.meta.dirname, '../..')

describe('a start that can not work ends with one clear line', () => {
  test.each([
    [
      'a port in use',
      async () => ({ PORT: String(await busyPort()), DATA_DIR: await preparedFolder() }),
      /^Port \d+ is in use/,
    ],
    ['a folder that is a file', async () => ({ DATA_DIR: await someFile() }), /^Can't use .* DATA_DIR/],
    ['a bad key', async () => ({ STRIPE_SECRET_KEY: 'pk_live_1' }), /^STRIPE_SECRET_KEY must look like/],
    [
      'a database that is away',
      async () => ({ DATABASE_URL: 'postgres://127.0.0.1:9/none' }),
      /^The database does not answer/,
    ],
  ])('%s', async (_, env, line) => {
    const program = runSource('src/dev.ts', {
      DATA_DIR: await temporaryFolder(),
      PORT: String(await freePort()),
      ...(await env()),
    })
    expect(await program.exited).toBe(1)
    expect(program.output.trim()).toMatch(line)
    expect(program.output.trim().split('\n').length).toBe(1)
  })

  test.each([
    ['DATABASE_URL', 'postgres://me:ge#heim@127.0.0.1/x'],
    ['DATABASE_URL', 'postgres://me:geheim@[::1/x'],
    ['SMTP_URL', 'smtp://me:geheim@[::1'],
  ])('a %s that can not be read is not said: there is a password in it', async (name, value) => {
    const program = runSource('src/dev.ts', { DATA_DIR: await temporaryFolder(), [name]: value })
    expect(await program.exited).toBe(1)
    expect(program.output).toMatch(new RegExp(`^${name} can't be read: .*%40`))
    expect(program.output).not.toContain('heim')
  })

  test.each([
    ['PORT', 'abc', /^PORT must be a port number/],
    ['TIMEZONE', 'Mars/Olympus', /^TIMEZONE must be/],
  ])('a bad %s', (name, value, line) => {
    expect(() => loadConfig({ [name]: value })).toThrow(line)
  })

  test('a second process on the same DATA_DIR is told so; owner:link is answered by the first', async () => {
    const env = { DATA_DIR: await preparedFolder(), PORT: String(await freePort()) }
    const first = runSource('src/dev.ts', env)
    await first.says(/Sign in as the owner/)

    const second = runSource('src/dev.ts', { ...env, PORT: String(await freePort()) })
    expect(await second.exited).toBe(1)
    expect(second.output).toMatch(/in use by another process/)

    const link = runSource('src/cli/owner-link.ts', env)
    expect(await link.exited).toBe(0)
    const answer = await fetch(link.output.trim())
    expect(answer.status).toBe(200)

    expect(await first.kill('SIGTERM')).toBe(0)
    const alone = runSource('src/cli/owner-link.ts', env)
    expect(await alone.exited).toBe(0)
    expect(alone.output).toMatch(/\/sign-in\/link\?token=/)
  })
})

describe('production', () => {
  test('is built without the sandbox, and stops without keys, with a list of what is missing and where to get it', async () => {
    const out = join(await temporaryFolder(), 'dist')
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tools/tsconfig.build.json', '--outDir', out], {
      cwd: root,
    })
    const files = await readdir(out, { recursive: true })
    expect(files.filter((file) => /sandbox|mailbox/.test(file))).toEqual([])
    expect(files).toContain(join('src', 'server.js'))
    expect(await packagesOf(out, files)).toEqual([])

    const program = runSource('src/server.ts', { NODE_ENV: 'production' })
    expect(await program.exited).toBe(1)
    for (const name of ['BASE_URL', 'DATABASE_URL', 'STRIPE_SECRET_KEY', 'SMTP_URL', 'MAIL_FROM', 'OWNER_EMAIL']) {
      expect(program.output).toMatch(new RegExp(`^  ${name}: .{20,}`, 'm'))
    }
  })

  test.each([
    ['db-migrate', /^DATABASE_URL is missing/],
    ['doctor', /FAILED +environment +missing: BASE_URL, DATABASE_URL/],
    ['go-live', /^The app does not run/],
    ['owner-link', /^DATABASE_URL is missing/],
    ['revenue-rebuild', /^DATABASE_URL is missing/],
    ['stripe-reconcile', /^STRIPE_SECRET_KEY is missing/],
    ['stripe-setup', /^STRIPE_SECRET_KEY is missing/],
  ])('the build has the command %s, which says what it lacks', async (name, line) => {
    const env = { NODE_ENV: 'production', DATA_DIR: join(await temporaryFolder(), 'none') }
    const program = new Program([`dist/src/cli/${name}.js`], env)
    expect(await program.exited).toBe(1)
    expect(program.output).toMatch(line)
  })
})

/** What is built and imports a package that a production install does not have. */
async function packagesOf(folder: string, files: string[]): Promise<string[]> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const found: string[] = []
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const text = await readFile(join(folder, file), 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*['"]((?:@[\w-]+\/)?[\w-]+)[^'"]*['"]/g)) {
      if (!dependencies[name!] && !isBuiltin(name!) && name !== 'node') found.push(`${file}: ${name}`)
    }
  }
  // Loaded in development alone.
  return found.filter((line) => !line.startsWith(join('src', 'db', 'embedded.js')))
}

async function busyPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, done))
  onTestFinished(() => void server.close())
  return (server.address() as { port: number }).port
}

async function someFile(): Promise<string> {
  const file = join(await temporaryFolder(), 'file')
  await writeFile(file, '')
  await chmod(file, 0o600)
  return file
}
