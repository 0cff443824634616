import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Bench, Benchmark } from './bench.ts'
import { books } from './books.ts'
import { checkout } from './checkout.ts'
import { day } from './day.ts'
import { growth } from './growth.ts'
import { longRun } from './long-run.ts'
import { pages } from './pages.ts'
import { openDatabases } from './postgres.ts'
import type { Result } from './result.ts'
import { start } from './start.ts'
import { asMarkdown } from './table.ts'
import { webhooks } from './webhooks.ts'
import { record } from './world/record.ts'
import { openWorld } from './world/world.ts'

const benchmarks: Record<string, Benchmark> = {
  webhooks,
  books,
  pages,
  growth,
  start,
  checkout,
  'long-run': longRun,
  day,
}

// npm run bench: all of them. npm run bench -- webhooks pages: these.
const asked = process.argv.slice(2)
for (const name of asked)
  if (!benchmarks[name]) throw new Error(`${name}: there are ${Object.keys(benchmarks).join(', ')}`)

const recording = await record()
const world = await openWorld(recording)
const databases = await openDatabases()
const bench: Bench = { databases, recording, world, say: (text) => console.log(`… ${text}`) }
const results: Record<string, Result[]> = {}
try {
  for (const [name, benchmark] of Object.entries(benchmarks)) {
    if (asked.length === 0 || asked.includes(name)) results[name] = await benchmark(bench)
  }
} finally {
  world.close()
  await databases.stop()
}

const machine = {
  at: new Date().toISOString(),
  commit: execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(),
  cpus: `${cpus().length} × ${cpus()[0]!.model}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  node: process.version,
  postgres: databases.version,
}
const folder = join(import.meta.dirname, 'results')
mkdirSync(folder, { recursive: true })
const markdown = asMarkdown(machine, results)
const name = asked.length === 0 ? 'all' : asked.join('-')
writeFileSync(join(folder, `${name}.md`), markdown)
writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine, results }, null, 2)}\n`)
console.log(`\n${markdown}`)
// What the app in this process left open does not matter any more.
process.exit(0)
