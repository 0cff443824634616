import { execFileSync } from 'node:child_process'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from './support/free-port.ts'
import { runSource, temporaryFolder } from './support/process.ts'

const root = resolve(import.meta.dirname, '..')

describe('a start that can not work ends with one clear line', () => {
  test.each([
    ['a port in use', async () => ({ PORT: String(await busyPort()) }), /^Port \d+ is in use/],
    ['a folder that is a file', async () => ({ DATA_DIR: await someFile() }), /^Can't use .* DATA_DIR/],
    ['a bad port', async () => ({ PORT: 'abc' }), /^PORT must be a port number/],
    ['a bad key', async () => ({ STRIPE_SECRET_KEY: 'pk_live_1' }), /^STRIPE_SECRET_KEY must look like/],
    ['a bad time zone', async () => ({ TIMEZONE: 'Mars/Olympus' }), /^TIMEZONE must be/],
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

  test('a second process on the same DATA_DIR is told so; owner:link is answered by the first', async () => {
    const env = { DATA_DIR: await temporaryFolder(), PORT: String(await freePort()) }
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

test('kill -9 between payment and mail, then a start: the receipt arrives, once', async () => {
  const env = { DATA_DIR: await temporaryFolder(), PORT: String(await freePort()), OWNER_EMAIL: 'me@example.com' }
  const smtp = await mailServer()
  const first = runSource('src/dev.ts', { ...env, SMTP_URL: smtp.url })
  await first.says(/Sign in as the owner/)

  smtp.hangs = true
  await tipOver(env.PORT)
  await expect.poll(() => smtp.connections, { timeout: 30_000 }).toBeGreaterThan(0)
  await first.kill('SIGKILL')
  expect(smtp.received).toEqual([])

  smtp.hangs = false
  const second = runSource('src/dev.ts', { ...env, SMTP_URL: smtp.url })
  await second.says(/Sign in as the owner/)
  await expect
    .poll(() => [...smtp.received].sort(), { timeout: 25_000 })
    .toEqual(['me@example.com', 'payer@example.com'])
  await new Promise((done) => setTimeout(done, 1_000))
  expect(smtp.received.length).toBe(2)
}, 120_000)

describe('production', () => {
  test('is built without the sandbox, and stops without keys, with a list of what is missing and where to get it', async () => {
    const out = join(await temporaryFolder(), 'dist')
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tools/tsconfig.build.json', '--outDir', out], {
      cwd: root,
    })
    const files = await readdir(out, { recursive: true })
    expect(files.filter((file) => /sandbox|mailbox/.test(file))).toEqual([])
    expect(files).toContain(join('src', 'server.js'))

    const program = runSource('src/server.ts', { NODE_ENV: 'production' })
    expect(await program.exited).toBe(1)
    for (const name of ['BASE_URL', 'DATABASE_URL', 'STRIPE_SECRET_KEY', 'SMTP_URL', 'MAIL_FROM', 'OWNER_EMAIL']) {
      expect(program.output).toMatch(new RegExp(`^  ${name}: .{20,}`, 'm'))
    }
  })
})

async function tipOver(port: string): Promise<void> {
  const origin = `http://localhost:${port}`
  const form = (values: Record<string, string>) => ({
    method: 'POST',
    body: new URLSearchParams(values),
    headers: { origin },
    redirect: 'manual' as const,
  })
  const sent = await fetch(`${origin}/tip`, form({ amount: '660', request: crypto.randomUUID() }))
  const page = sent.headers.get('location')!
  const card = {
    method: 'card',
    email: 'payer@example.com',
    card: '4242424242424242',
    expiry: '12/40',
    cvc: '123',
    name: 'P',
  }
  const paid = await fetch(page, form(card))
  expect(paid.headers.get('location')).toMatch(/thanks/)
}

/** A real mail server on this machine; while it hangs, it takes connections and says nothing. */
async function mailServer() {
  const state = { url: '', hangs: false, connections: 0, received: [] as string[] }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_, done) {
      state.connections++
      if (!state.hangs) done()
    },
    async onData(stream, session, done) {
      const mail = await simpleParser(stream)
      expect(mail.html).toBeTruthy()
      state.received.push(...session.envelope.rcptTo.map(({ address }) => address))
      done()
    },
  })
  server.on('error', () => {})
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => new Promise((done) => server.close(() => done())))
  const { port } = server.server.address() as { port: number }
  state.url = `smtp://127.0.0.1:${port}`
  return state
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
