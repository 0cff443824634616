import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { freePort } from '../../support/free-port.ts'

export interface App {
  url: string
  dataDir: string
  /** All that it has printed so far. */
  log(): string
  /** Ends it, by default as a person would; SIGKILL is the power cut. Does nothing when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface AppOptions {
  /** Of an app that ran before, to start on what it left behind; else a temporary one. */
  dataDir?: string
  /** On top of an environment without keys. */
  env?: Record<string, string>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Starts the development server as `npm run dev` does, but with nothing from .env, and ends it with the test. */
export async function startApp({ dataDir, env = {} }: AppOptions = {}): Promise<App> {
  const directory = dataDir ?? (await temporaryDirectory())
  const port = await freePort()
  const app = spawn(process.execPath, ['--import', 'tsx', 'src/dev.ts'], {
    cwd: root,
    env: { ...bare(process.env), PORT: `${port}`, DATA_DIR: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [app.stdout, app.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))

  const stop = (signal: NodeJS.Signals = 'SIGTERM') => end(app, signal)
  onTestFinished(async ({ task }) => {
    await stop()
    if (task.result?.state === 'fail') console.error(`The app's log:\n${log}`)
  })

  const url = `http://localhost:${port}`
  await ready(app, url, () => log)
  return { url, dataDir: directory, log: () => log, stop }
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'first-paid-user-data-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** A developer's shell may hold real keys: a test must never use them. */
function bare(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(NODE_ENV|PORT|BASE_URL|DATABASE_URL|DATA_DIR|STRIPE_|SMTP_|MAIL_|OWNER_|TIMEZONE|DEFAULT_LOCALE|GITHUB_|GOOGLE_|VITEST)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)))
}

async function ready(app: ChildProcess, url: string, log: () => string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && running(app)) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`The app ${running(app) ? 'was not ready in a minute' : 'ended before it was ready'}:\n${log()}`)
}

async function end(app: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!running(app)) return
  const exit = once(app, 'exit')
  app.kill(signal)
  const patience = setTimeout(() => app.kill('SIGKILL'), 15_000)
  await exit
  clearTimeout(patience)
  if (app.signalCode === 'SIGKILL' && signal !== 'SIGKILL')
    throw new Error(`The app did not end on ${signal} in 15 seconds`)
}

function running(app: ChildProcess): boolean {
  return app.exitCode === null && app.signalCode === null
}
