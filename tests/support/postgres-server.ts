import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { findPostgres, type ServerUser } from './postgres-binaries.ts'

export interface PostgresServer {
  /** Its superuser's address. */
  url: string
  stop(): Promise<void>
  /** Ends it as a crash does, and starts it again on the same data and port after `downMs`. */
  crash(downMs: number): Promise<void>
}

export interface PostgresOptions {
  /** What of the committed survives: `crash`, or a power cut too, as in production. For other tests that is waste. */
  durability?: 'none' | 'crash' | 'power cut'
  settings?: Record<string, string | number>
}

/**
 * Starts a Postgres of our own on a free port of this machine, in a temporary folder.
 * It ends with `stop`, or with this process, however that ends. Throws when there is none to start.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'first-paid-user-postgres-'))
  try {
    return await startIn(home, serverUser(), options)
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

async function startIn(
  home: string,
  user: ServerUser | undefined,
  { durability = 'none', settings: given = {} }: PostgresOptions,
): Promise<PostgresServer> {
  if (user) chownSync(home, user.uid, user.gid)
  const bin = findPostgres(home, user)
  const data = join(home, 'data')
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user) chownSync(passwordFile, user.uid, user.gid)

  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const locale = ['--encoding=UTF8', '--locale=C', ...(process.platform === 'linux' ? ['--lc-ctype=C.UTF-8'] : [])] // PGlite's
  execFileSync(join(bin, 'initdb'), ['-D', data, ...access, ...locale, '--no-sync'], {
    ...user,
    cwd: home,
    stdio: 'pipe',
  })

  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    ...(durability !== 'power cut' && { fsync: 'off' }),
    ...(durability === 'none' && { synchronous_commit: 'off', full_page_writes: 'off' }),
    ...given,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const kept = await keep({ home, command: join(bin, 'postgres'), args: ['-D', data, ...flags], user })
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, ...kept }
}

/** What postgres-keeper.ts is told. */
export interface Kept {
  home: string
  command: string
  args: string[]
  user: ServerUser | undefined
}

async function keep(kept: Kept): Promise<Pick<PostgresServer, 'stop' | 'crash'>> {
  const keeper = fileURLToPath(new URL('postgres-keeper.ts', import.meta.url))
  const child = spawn(process.execPath, [keeper, JSON.stringify(kept)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // so that Ctrl+C does not reach it: it has to clean up
  })
  const exited = once(child, 'exit')
  let log = ''
  child.stderr.on('data', (data) => (log += data))
  const becomes = async (state: 'ready' | 'down') => {
    const [said] = await Promise.race([once(child.stdout, 'data'), exited])
    if (String(said) !== `${state}\n`) throw new Error(`Postgres is not ${state}:\n${log}`)
  }
  const tell = (what: 'crash' | 'start', state: 'ready' | 'down') => {
    child.stdin.write(`${what}\n`)
    return becomes(state)
  }
  await becomes('ready')
  return {
    async stop() {
      child.stdin.end()
      await exited
    },
    async crash(downMs) {
      await tell('crash', 'down')
      await new Promise((done) => setTimeout(done, downMs))
      await tell('start', 'ready')
    },
  }
}

/** Postgres refuses to run as root. */
function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
