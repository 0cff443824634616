import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { between, oneOf, type Random } from '../support/seeded.ts'

/** What no page may hold as it stands. */
export const MARKS = ['<script>fuzz', '<img src=x onerror=fuzz', '<b fuzz']

const HOSTILE = [
  `${MARKS[0]}('1')</script>`,
  `"'>${MARKS[1]}>`,
  `</textarea></title>${MARKS[0]}</script>`,
  `${MARKS[2]}>`,
  `' or '1'='1`,
  `'; drop table users; --`,
  `1) union select null, version() --`,
  '\\',
  '%',
  '%00',
  '\0',
  'a\0b',
  '\r\nSet-Cookie: session=fuzz',
  '../../../../etc/passwd',
  '..%2f..%2f',
  '//evil.example',
  'javascript:alert(1)',
  '{{7*7}}<%= 7 %>',
  '__proto__',
  'constructor',
  '\u{202e}rtl\u{feff}',
  'é'.normalize('NFD'),
  '🍬'.repeat(500),
  '٣',
  '-1',
  '0',
  '1e400',
  'NaN',
  '9'.repeat(25),
  '2147483648',
  '9223372036854775808',
  '0x10',
  '2026-02-30',
  '9999-99-99',
  '+275760-09-14',
  'null',
  '[]',
  '{"a":1}',
  ' ',
  '',
  'x'.repeat(5000),
]
const HARMLESS = ['660', '6.6', '1', '2', 'cny', 'usd', 'jpy', 'en', 'zh-CN', 'ann@example.com', 'Ann', 'a kind word']
const MORE = ['question-1', 'member-month', '2026-11-01', 'month', 'on', 'yes', '/account', '123456', 'open', 'all']

/** Bytes that are no UTF-8, as a form or an address would carry them. */
export const NOT_UTF8 = ['%FF', '%C3', '%ED%A0%80', '%F4%90%80%80', '%', '%G1', '%00', '%u0041', '%C0%AF']

/** Something to put where a person's words go; about half of it could be right. */
export function value(random: Random, known: string[]): string {
  const kind = random()
  if (kind < 0.4) return oneOf(random, HOSTILE)
  if (kind < 0.7) return oneOf(random, [...HARMLESS, ...MORE])
  if (kind < 0.85 && known.length > 0) return oneOf(random, known)
  if (kind < 0.95) return crypto.randomUUID()
  return String.fromCharCode(...Array.from({ length: between(random, 1, 40) }, () => between(random, 0, 0xffff)))
}

/** Every name that a form or a query of the app has. */
export function fieldNames(): string[] {
  const src = resolve(import.meta.dirname, '../../src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  const names = files.flatMap((file) => {
    const text = readFileSync(join(src, file), 'utf8')
    return [
      ...text.matchAll(/name="([\w-]+)"/g),
      ...text.matchAll(/^\s+(\w+): (?:z|optionalText|EmailAddress|TypedPassword)\b/gm),
      ...text.matchAll(/req\.query\('(\w+)'\)/g),
    ].map(([, name]) => name!)
  })
  return [...new Set(names)]
}
