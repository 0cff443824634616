import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => `src/${file.replaceAll('\\', '/')}`)

/** The house from its roof to its foundation: a room imports from the levels below its own, never sideways or up. */
const levels = [
  ['src/dev.ts', 'src/server.ts'],
  ['src/cli'],
  ['src/start.ts'],
  ['src/app.tsx'],
  ['src/problems.tsx', 'src/probes.ts', 'src/security-headers.ts'],
  [
    'src/account',
    'src/api',
    'src/ask',
    'src/badge',
    'src/credits',
    'src/health',
    'src/legal',
    'src/disputes',
    'src/offline',
    'src/operations',
    'src/people',
    'src/refunds',
    'src/requests',
    'src/revenue',
    'src/shop',
    'src/tips',
    'src/wall',
  ],
  ['src/feature.ts'],
  ['src/doctor'],
  ['src/payments', 'src/auth'],
  ['src/mail'],
  ['src/jobs', 'src/ui', 'src/run.ts', 'src/listen.ts', 'src/log.ts'],
  ['src/db', 'src/catalog.ts'],
  ['src/config.ts', 'src/define-catalog.ts'],
  ['src/money.ts', 'src/plain-text.ts', 'src/email-address.ts', 'src/locales.ts'],
]

const imports = sources.flatMap((file) => importsOf(file).map((to) => ({ from: file, to })))

test('imports go down only, and features of one level do not know each other', () => {
  const wrong = imports
    .filter(
      ({ from, to }) => !isSandbox(from) && !isSandbox(to) && to.startsWith('src/') && roomOf(from) !== roomOf(to),
    )
    .filter(({ from, to }) => levelOf(to) <= levelOf(from))
  expect(wrong).toEqual([])
})

test('the sandbox is known to the development entry and to the move of its database alone, and knows nothing of the rest', () => {
  const outside = imports.filter(({ from, to }) => to.startsWith('src/sandbox/') && !from.startsWith('src/sandbox/'))
  expect(new Set(outside.map(({ from }) => from))).toEqual(new Set(['src/cli/db-move.ts', 'src/dev.ts']))
  const inside = imports.filter(({ from, to }) => from.startsWith('src/sandbox/') && to.startsWith('src/'))
  expect(inside.filter(({ to }) => !to.startsWith('src/sandbox/'))).toEqual([])
})

test('what we would replace one day stands behind one file', () => {
  expect(filesWith(/from 'lucia'/)).toEqual(['src/auth/lucia.ts'])
  expect(filesWith(/process\.env\b/)).toEqual(['src/config.ts'])
  expect(filesWith(/from 'pg-boss'/)).toEqual(['src/jobs/queue.ts'])
  expect(filesWith(/from '@electric-sql\/pglite'/)).toEqual(['src/db/embedded.ts'])
})

test('migrations are frozen: they import nothing of src', () => {
  const steps = readdirSync(join(root, 'migrations'))
  expect(steps.length).toBeGreaterThan(0)
  for (const step of steps) expect(readFileSync(join(root, 'migrations', step), 'utf8')).not.toMatch(/from '\.\.?\//)
})

test('offline entries are made in one place, and never edited but to say whose they are, or to forget it', () => {
  expect(filesWith(/insertInto\('offline_entries'\)/)).toEqual(['src/payments/offline-entries.ts'])
  expect(filesWith(/updateTable\('offline_entries'\)/)).toEqual([
    'src/payments/claims.ts',
    'src/payments/forget-payer.ts',
  ])
  expect(filesWith(/deleteFrom\('offline_entries'\)/)).toEqual([])
})

test('only sync writes payments and books; others may say whose a payment is, and forget it', () => {
  const writers = filesWith(/(insertInto|updateTable|deleteFrom)\('(payments|balance_transactions|synced)'\)/)
  expect(writers).toEqual([
    'src/payments/claims.ts',
    'src/payments/forget-payer.ts',
    'src/payments/sync.ts',
    'src/payments/write.ts',
  ])
})

const isSandbox = (file: string) => file.startsWith('src/sandbox/')

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, specifier]) => specifier!)
  return specifiers.map((specifier) => relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/'))
}

function roomOf(file: string): string {
  return levels.flat().find((room) => file === room || file.startsWith(`${room}/`)) ?? file
}

function levelOf(file: string): number {
  const level = levels.findIndex((rooms) => rooms.includes(roomOf(file)))
  if (level < 0) throw new Error(`${file} has no place in the house: give it one in tests/house.test.ts`)
  return level
}

function filesWith(pattern: RegExp): string[] {
  return sources.filter(
    (file) => !file.startsWith('src/sandbox/') && pattern.test(readFileSync(join(root, file), 'utf8')),
  )
}
