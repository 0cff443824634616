// A process of its own between the tests and their Postgres. When its stdin closes, because the tests are done or
// because they were killed in whatever way, it stops the server and removes its folder. Told to crash and to start on
// stdin, it does that, and says on stdout what the server has become: ready or down.
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Kept } from './postgres-server.ts'

const { home, command, args, user }: Kept = JSON.parse(process.argv[2]!)
let state: 'starting' | 'ready' | 'crashing' | 'down' = 'starting'
let log = ''
let server = start()

process.stdout.on('error', () => {}) // the tests are gone: stdin tells
process.stdin.on('data', (said) => {
  if (String(said) === 'crash\n') crash()
  else server = start()
})
process.stdin.on('close', () => {
  if (state === 'down') leave(0)
  else server.kill('SIGINT')
})

function start(): ChildProcess {
  state = 'starting'
  log = ''
  const started = spawn(command, args, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'pipe'] })
  started.stderr.on('data', (data) => {
    if (state !== 'starting') return
    log += data
    if (log.includes('ready to accept connections')) become('ready')
  })
  started.on('error', (error) => {
    log += error.message
    leave(1)
  })
  started.on('exit', (code) => {
    if (state === 'crashing') become('down')
    else leave(code ?? 1)
  })
  return started
}

/** Postgres calls it an immediate shutdown: no checkpoint, and recovery at the next start. */
function crash(): void {
  state = 'crashing'
  server.kill('SIGQUIT')
}

function become(now: 'ready' | 'down'): void {
  state = now
  process.stdout.write(`${now}\n`)
}

function leave(code: number): void {
  if (state === 'starting') process.stderr.write(log)
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  process.exitCode = code
  process.stdin.destroy()
}
