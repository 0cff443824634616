// A process of its own between the tests and their Postgres. When its stdin closes, because the tests are done or
// because they were killed in whatever way, it stops the server and removes its folder.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Kept } from './postgres-server.ts'

const { home, command, args, user }: Kept = JSON.parse(process.argv[2]!)
const server = spawn(command, args, { ...user, cwd: home, stdio: ['ignore', 'ignore', 'pipe'] })
let starting = ''
server.stderr.on('data', (data) => {
  if (starting === 'done') return
  starting += data
  if (!starting.includes('ready to accept connections')) return
  starting = 'done'
  process.stdout.write('ready\n')
})
server.on('error', (error) => {
  starting += error.message
  leave(1)
})
server.on('exit', (code) => leave(code ?? 1))

process.stdout.on('error', () => {}) // the tests are gone: stdin tells
process.stdin.on('close', () => server.kill('SIGINT')).resume()

function leave(code: number): void {
  if (starting !== 'done') process.stderr.write(starting)
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  process.exitCode = code
  process.stdin.destroy()
}
