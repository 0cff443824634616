import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { preparedFolder, runSource } from '../support/process.ts'
import { tipOver } from '../support/tip-over.ts'

test('kill -9 between payment and mail, then a start: the receipt arrives, once', async () => {
  const env = { DATA_DIR: await preparedFolder(), PORT: String(await freePort()), OWNER_EMAIL: 'me@example.com' }
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
