import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { creditsOf } from '../../src/payments/rights.ts'
import { onPostgres } from '../support/databases.ts'
import { proveAddress } from '../support/prove-address.ts'
import { openShop, sessionIdOf } from '../support/shop.ts'
import { Visitor } from '../support/visitor.ts'

const root = resolve(import.meta.dirname, '../..')
const doc = readFileSync(join(root, 'docs/your-service.md'), 'utf8')

onPostgres('docs/your-service.md', (database) => {
  test('a kit that follows it type-checks, and a customer with one credit can use the service once', async () => {
    const kit = followDoc()
    const problems = Promise.all([typeProblems(kit), lintProblems(kit)])
    const [{ createApp }, shop] = await Promise.all([import(join(kit, 'src/app.tsx')), openShop(database)])
    const ann = new Visitor(createApp({ ...shop, pool: shop.connection.pool }), 'en')
    const form = () => ({ text: 'Hello <b>you</b>', request: crypto.randomUUID() })

    expect((await ann.get('/ask')).status).toBe(404)
    expect(await ann.read('/')).toContain('Shout something')
    expect((await ann.get('/shout')).headers.get('location')).toBe('/sign-in?return=%2Fshout')
    const userId = await proveAddress(shop, ann, 'ann@example.com')
    const closed = await ann.get('/shout')
    expect(closed.status).toBe(402)
    expect(await closed.text()).toContain('action="/checkout/question-1"')
    expect((await ann.post('/shout', form())).status).toBe(402)

    const sent = await ann.post('/checkout/question-1', { request: crypto.randomUUID() })
    await shop.sandbox.pay(sessionIdOf(sent.headers.get('location')), { email: 'ann@example.com' })
    await shop.quiet()
    expect((await ann.get('/shout')).status).toBe(200)
    // A double click on the last credit: both are answered, one is paid.
    const once = form()
    for (const answer of await Promise.all([ann.post('/shout', once), ann.post('/shout', once)])) {
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('<h1>HELLO &lt;B&gt;YOU&lt;/B&gt;</h1>')
    }
    expect(await creditsOf(shop.db, userId)).toBe(0)
    expect((await ann.post('/shout', { ...once, text: 'More' })).status).toBe(402)
    expect((await ann.post('/shout', form())).status).toBe(402)
    expect((await ann.get('/shout')).status).toBe(402)

    expect(await problems).toEqual(['', ''])
  })
})

/** A kit that is this one, linked, but for what the page takes out, puts in and changes. Deleted after the test. */
function followDoc(): string {
  const kit = mkdtempSync(join(root, '.your-service-'))
  onTestFinished(() => rmSync(kit, { recursive: true }))
  const removed = fences('sh').flatMap(({ code }) => /^rm -r (.+)$/m.exec(code)?.[1]?.split(' ') ?? [])
  expect(removed).toContain('src/ask')
  for (const path of removed) expect(existsSync(join(root, path)), path).toBe(true)
  for (const name of ['emails', 'package.json']) symlinkSync(join(root, name), join(kit, name))
  mkdirSync(join(kit, 'src'))
  for (const name of readdirSync(join(root, 'src'))) {
    if (!removed.includes(`src/${name}`)) symlinkSync(join(root, 'src', name), join(kit, 'src', name))
  }
  const written = fences('tsx').map(({ path, code }) => write(kit, path, code))
  const changed = fences('diff').map(({ path, code }) => write(kit, path, changedBy(code, path)))
  const include = [...written, ...changed].filter((path) => path.startsWith('src/'))
  write(kit, 'tsconfig.json', JSON.stringify({ extends: '../tsconfig.json', include }))
  return kit
}

function write(kit: string, path: string, text: string): string {
  const file = join(kit, path)
  mkdirSync(dirname(file), { recursive: true })
  // A link: what it leads to stays as it is.
  rmSync(file, { force: true })
  writeFileSync(file, text)
  return path
}

/** What the page takes away stands in the file exactly once. */
function changedBy(diff: string, path: string): string {
  let text = readFileSync(join(root, path), 'utf8')
  for (const hunk of diff.trimEnd().split('\n\n')) {
    const lines = (sign: string) => hunk.split('\n').flatMap((line) => (line.startsWith(sign) ? line.slice(1) : []))
    const [before, after] = [lines('-').join('\n'), lines('+').join('\n')]
    expect(text.split(before), before).toHaveLength(2)
    // A line that goes takes its end along.
    text = text.replace(after ? before : `${before}\n`, () => after)
  }
  return text
}

/** What the compiler says; nothing when all is well. */
function typeProblems(folder: string): Promise<string> {
  return said('tsc', ['-p', folder])
}

/** What the linter says of what the page writes and changes; it does not follow links to the rest. */
function lintProblems(folder: string): Promise<string> {
  const files = ['src/app.tsx', 'src/shout/routes.tsx', 'tests/house.test.ts'].map((file) => join(folder, file))
  return said('biome', ['check', ...files])
}

function said(program: string, args: string[]): Promise<string> {
  const path = join(root, 'node_modules/.bin', program)
  return new Promise((done) =>
    execFile(path, args, { cwd: root }, (error, stdout, stderr) =>
      done(error ? `${stdout}${stderr}` || `${error}` : ''),
    ),
  )
}

/** The page's code: "```tsx src/shout/routes.tsx" and what follows. */
function fences(language: string): { path: string; code: string }[] {
  const found = [...doc.matchAll(new RegExp(`^\`\`\`${language} ?(\\S*)\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  expect(found.length, language).toBeGreaterThan(0)
  return found.map(([, path = '', code = '']) => ({ path, code }))
}
