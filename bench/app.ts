import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../tests/support/free-port.ts'
import type { World } from './world/world.ts'

export const WEBHOOK_SECRET = 'whsec_bench'
export const OWNER = 'owner@bench.example'
const ROOT = resolve(import.meta.dirname, '..')
const SERVER = join(ROOT, 'dist/src/server.js')

export interface App {
  port: number
  pid: number
  /** Milliseconds from the start of the process to its first 200. */
  startMs: number
  stop(): Promise<void>
}

/** Starts the built app in production mode, on the bench's Stripe and mail server. */
export async function startApp(world: World, databaseUrl: string): Promise<App> {
  const { BENCH_NODE_FLAGS = '' } = process.env
  return startProcess([...BENCH_NODE_FLAGS.split(' ').filter(Boolean), SERVER], (port) => ({
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
    BASE_URL: `http://localhost:${port}`,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: 'sk_live_bench',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_BASE: `http://127.0.0.1:${world.stripe}`,
    SMTP_URL: `smtp://127.0.0.1:${world.smtp}`,
    MAIL_FROM: 'hello@bench.example',
    OWNER_EMAIL: OWNER,
    TRUSTED_PROXY_HOPS: '1',
    DRAIN_SECONDS: '0',
  }))
}

/** Starts it as a developer does, with everything in one process: the embedded Postgres, the local Stripe, the mailbox. */
export function startDev(dataDir: string): Promise<App> {
  const command = ['--import', join(ROOT, 'node_modules/tsx/dist/esm/index.mjs'), join(ROOT, 'src/dev.ts')]
  return startProcess(command, () => ({ DATA_DIR: dataDir }))
}

async function startProcess(command: string[], env: (port: number) => NodeJS.ProcessEnv): Promise<App> {
  const port = await freePort()
  const logFile = join(mkdtempSync(join(tmpdir(), 'bench-')), 'log')
  const log = openSync(logFile, 'w')
  const { PATH, HOME } = process.env
  const begun = performance.now()
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', log, log],
    env: { PATH, HOME, PORT: String(port), ...env(port) },
  })
  while (!(await isUp(port))) {
    if (child.exitCode !== null) throw new Error(`The app did not start:\n${readFileSync(logFile, 'utf8')}`)
    await pause(2)
  }
  return {
    port,
    pid: child.pid!,
    startMs: performance.now() - begun,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function isUp(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  )
}
