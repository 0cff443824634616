import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

// Lighthouse, as a phone, on the pages where customers arrive: `npm run lighthouse`. It is fetched when it is first run, since
// it is larger than all the rest together. CHROME_PATH names a Chrome or Chromium.
const LIGHTHOUSE = 'lighthouse@13.5.0'
const PAGES = ['/', '/tip', '/sign-in']
const PORT = '3987'
const run = promisify(execFile)

const folder = await mkdtemp(join(tmpdir(), 'first-paid-user-lighthouse-'))
const app = spawn(process.execPath, ['--import', 'tsx', 'src/dev.ts'], {
  env: { PATH: process.env.PATH, PORT, DATA_DIR: join(folder, 'data') },
  stdio: 'ignore',
})
try {
  await ready(`http://localhost:${PORT}/readyz`)
  let isPerfect = true
  for (const path of PAGES) {
    const scores = await measure(`http://localhost:${PORT}${path}`)
    console.log(
      path.padEnd(10),
      Object.entries(scores)
        .map(([name, score]) => `${name} ${score}`)
        .join(' · '),
    )
    isPerfect &&= Object.values(scores).every((score) => score === 100)
  }
  process.exitCode = isPerfect ? 0 : 1
} finally {
  app.kill()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function measure(url: string): Promise<Record<string, number>> {
  const file = join(folder, 'report.json')
  const flags = ['--quiet', '--output=json', `--output-path=${file}`, '--chrome-flags=--headless=new --no-sandbox']
  await run('npx', ['--yes', LIGHTHOUSE, url, ...flags], { env: { CHROME_PATH: '/usr/bin/chromium', ...process.env } })
  const { categories, audits } = JSON.parse(await readFile(file, 'utf8')) as Report
  for (const { id, score, title } of Object.values(audits)) {
    if (score !== null && score < 0.9) console.log(`  ${id}: ${title} (${score})`)
  }
  return Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]))
}

interface Report {
  categories: Record<string, { score: number }>
  audits: Record<string, { id: string; title: string; score: number | null }>
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('The app was not ready in a minute')
}
