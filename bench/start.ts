import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startApp, startDev } from './app.ts'
import type { Bench } from './bench.ts'
import { forSeconds, load, requestBytes } from './load.ts'
import { memoryOf } from './process.ts'
import { ms, type Result } from './result.ts'

const STARTS = 7
const MB = 2 ** 20
const BARS = { startMs: 400, memoryMb: 120, modulesMb: 40 }

const root = resolve(import.meta.dirname, '..')

/** From the start of the process to the first 200, the memory it then has and keeps, and what production installs. */
export async function start(bench: Bench): Promise<Result[]> {
  const { databases, world, say } = bench
  const url = await databases.fresh()
  const startTimes: number[] = []
  for (let i = 0; i < STARTS; i++) {
    say(`start: ${i + 1} of ${STARTS}`)
    const app = await startApp(world, url)
    startTimes.push(app.startMs)
    await app.stop()
  }
  const [embeddedFirst, embeddedLater] = await embedded()
  const startMs = startTimes.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)]!
  const app = await startApp(world, url)
  await pause(10_000)
  const idle = memoryOf(app.pid) / MB
  await load({ port: app.port, connections: 50, next: forSeconds(20, requestBytes('GET', '/tip')) })
  await pause(10_000)
  const after = memoryOf(app.pid) / MB
  await app.stop()
  await databases.drop(url)
  say('start: what production installs')
  const modules = productionModules()
  return [
    {
      what: 'To the first 200',
      value: ms(startMs),
      beside: `slowest of ${STARTS}: ${ms(Math.max(...startTimes))}`,
      bar: `≤ ${BARS.startMs} ms`,
      isMet: startMs <= BARS.startMs,
    },
    { what: 'Embedded (npm run dev): to the first 200, an empty folder', value: ms(embeddedFirst) },
    { what: 'The same, later', value: ms(embeddedLater) },
    {
      what: 'Memory, idle',
      value: `${Math.round(idle)} MB`,
      bar: `≤ ${BARS.memoryMb} MB`,
      isMet: idle <= BARS.memoryMb,
    },
    { what: 'Memory after 20 s of 50 at once', value: `${Math.round(after)} MB` },
    {
      what: 'Production modules',
      value: `${Math.round(modules.mb)} MB in ${modules.count} packages`,
      bar: `≤ ${BARS.modulesMb} MB`,
      isMet: modules.mb <= BARS.modulesMb,
    },
  ]
}

/** As a developer starts it, for the first time and again. */
async function embedded(): Promise<[first: number, later: number]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-embedded-'))
  const started = async () => {
    const app = await startDev(folder)
    await app.stop()
    return app.startMs
  }
  const both: [number, number] = [await started(), await started()]
  rmSync(folder, { recursive: true })
  return both
}

/** As the Dockerfile installs them. */
function productionModules(): { mb: number; count: number } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-modules-'))
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'tools'])
    cpSync(join(root, file), join(folder, file), { recursive: true })
  execFileSync('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const [cleaning] = /find node_modules [\s\S]*?-delete/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))!
  execFileSync('sh', ['-c', cleaning], { cwd: folder })
  const kilobytes = Number(
    execFileSync('du', ['-sk', 'node_modules'], { cwd: folder, encoding: 'utf8' }).split('\t')[0],
  )
  const names = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
  const scoped = names.filter((name) => name.startsWith('@'))
  const inScopes = scoped.flatMap((scope) => readdirSync(join(folder, 'node_modules', scope)))
  rmSync(folder, { recursive: true })
  return { mb: kilobytes / 1024, count: names.length - scoped.length + inScopes.length }
}
