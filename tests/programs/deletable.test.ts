import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const site = readFileSync(join(root, 'src/app.tsx'), 'utf8')

/** Every value in app.tsx's list of features, by its folder. */
const features = [...site.matchAll(/^import \{ (\w+) \} from '\.\/\1\/routes\.tsx'$/gm)]
  .map(([, name]) => name!)
  .filter((name) => new RegExp(`\\b${name}\\(`).test(site))

/** Stories of the kit that are told without these two; many others pay by tipping, and go with the tips. */
const remaining: Record<string, string[]> = {
  ask: ['house', 'selling', 'tip-form'],
  tips: ['house', 'selling', 'requests'],
}

test('the optional features are found', () => {
  expect(features).toEqual(expect.arrayContaining(['api', 'ask', 'badge', 'credits', 'requests', 'tips']))
})

describe.each(features)('a copy of the kit without src/%s and its line in app.tsx', (feature) => {
  test('type-checks, and passes its remaining tests', () => {
    const kit = copyWithout(feature)
    run(kit, 'tsc', [])
    const stories = remaining[feature]
    if (!stories) return
    const output = run(kit, 'vitest', ['run', ...stories.map((story) => `tests/${story}.test`)])
    expect(output).toMatch(new RegExp(`Test Files .*${stories.length} passed`))
  })
})

function copyWithout(feature: string): string {
  const kit = mkdtempSync(join(tmpdir(), 'first-paid-user-copy-'))
  onTestFinished(() => rmSync(kit, { recursive: true }))
  const left = /^(node_modules|\.git|dist|data|docs\/screenshots|\.your-service-.*)$/
  cpSync(root, kit, { recursive: true, filter: (file) => !left.test(relative(root, file)) })
  symlinkSync(join(root, 'node_modules'), join(kit, 'node_modules'))
  rmSync(join(kit, 'src', feature), { recursive: true })
  writeFileSync(join(kit, 'src/app.tsx'), withoutLine(feature))
  for (const file of testsOf(kit, feature)) rmSync(join(kit, file))
  return kit
}

function withoutLine(feature: string): string {
  const changed = site
    .replace(new RegExp(`^import \\{ ${feature} \\} from .*\\n`, 'm'), '')
    .replace(new RegExp(`^ *(features\\.push\\()?${feature}\\(.*\\n`, 'm'), '')
  expect(changed).not.toMatch(new RegExp(`\\b${feature}\\(`))
  return changed
}

/** Its own tests: those that read its source. */
function testsOf(kit: string, feature: string): string[] {
  return readdirSync(join(kit, 'tests'), { recursive: true, encoding: 'utf8' })
    .map((file) => `tests/${file}`)
    .filter((file) => file.endsWith(`/${feature}.test.ts`) || /\.tsx?$/.test(file))
    .filter(
      (file) =>
        readFileSync(join(kit, file), 'utf8').includes(`/src/${feature}/`) || file.endsWith(`/${feature}.test.ts`),
    )
}

/** Throws with what the program said when it fails. */
function run(kit: string, program: string, args: string[]): string {
  const env = { ...process.env, TEST_DATABASE_URL: inject('postgres').url, TEST_REPORT: '' }
  try {
    return execFileSync(join(kit, 'node_modules/.bin', program), args, {
      cwd: kit,
      encoding: 'utf8',
      stdio: 'pipe',
      env,
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program} ${args.join(' ')}:\n${stdout}\n${stderr}`)
  }
}
