import { between, oneOf, type Random } from '../support/seeded.ts'
import { NOT_UTF8, value } from './values.ts'
import type { Sent } from './wire.ts'

export interface Target {
  routes: { method: string; path: string }[]
  fields: string[]
  /** Ids, tokens and addresses of things that exist. */
  known: string[]
  origin: string
  /** Cookie headers of a customer and of the owner, and a customer's API key. */
  cookies: string[]
  key: string
  /** Signs what Stripe might send. */
  sign(body: string): string
}

/** One request, and what it is for people to read. */
export function draw(random: Random, target: Target): Sent & { title: string } {
  const chance = random()
  if (chance < 0.02) return { ...garbage(random), title: 'no HTTP' }
  const route = oneOf(random, target.routes)
  const method = random() < 0.85 ? route.method : oneOf(random, METHODS)
  const path = random() < 0.08 ? trick(random) : fill(random, target, route.path)
  const query = random() < 0.3 ? `?${pairs(random, target)}` : ''
  const hasBody = method !== 'GET' && method !== 'HEAD' ? random() < 0.95 : random() < 0.03
  const { bytes, type, isBroken, framing } = hasBody ? body(random, target, path) : NO_BODY
  const headers = [
    `Host: ${random() < 0.95 ? new URL(target.origin).host : oneOf(random, ['evil.example', '', 'a b', '[::1', 'x'.repeat(500)])}`,
    'Connection: close',
    ...(framing ?? []),
    ...(type ? [`Content-Type: ${type}`] : []),
    ...extras(random, target, path, bytes),
  ]
  const head = Buffer.from(`${method} ${path}${query} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1')
  return {
    bytes: Buffer.concat([head, bytes]),
    title: `${method} ${path}${query} ${type ?? ''} ${bytes.subarray(0, 300).toString()}`,
    ...(isBroken && { isBroken }),
    ...(random() < 0.002 && { slowMs: 300 }),
  }
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'FUZZ',
  'get',
]

/** A route's address with something in place of each parameter. */
function fill(random: Random, { known }: Target, path: string): string {
  const filled = path
    .replace(/:(\w+)(\{[^}]*(?:\{[^}]*\}[^}]*)*\})?\??/g, () => {
      if (random() < 0.2) return oneOf(random, NOT_UTF8)
      return encodeURIComponent(value(random, known).toWellFormed()).slice(0, 4000)
    })
    .replace(/\*/g, () => encodeURIComponent(value(random, known).toWellFormed()).slice(0, 4000))
  return filled.startsWith('/') ? filled : `/${filled}`
}

function trick(random: Random): string {
  return oneOf(random, [
    '//',
    '/../dashboard',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/static/../../package.json',
    '/static/..%2f..%2fpackage.json',
    '/static/%00.css',
    '/static/....//....//.env',
    '/dashboard/../dashboard/live/..',
    '/dashboard%2fpayments.csv',
    '/DASHBOARD',
    '/./tip',
    '//evil.example/tip',
    '/tip;x=1',
    '/tip%0d%0aSet-Cookie:%20a=b',
    '/tip%',
    '/\\tip',
    'http://evil.example/tip',
    'tip',
    '*',
    '/webhooks/stripe/',
    `/${'a/'.repeat(3000)}`,
    `/${'%F0%9F%8D%AC'.repeat(600)}`,
    `/pay/${'x'.repeat(12_000)}`,
  ])
}

function pairs(random: Random, { fields, known }: Target): string {
  return Array.from({ length: between(random, 1, 6) }, () => {
    const name = random() < 0.9 ? oneOf(random, fields) : oneOf(random, ['__proto__', 'a[]', 'a[b]', '', '%FF', 'x.y'])
    if (random() < 0.15) return `${name}=${oneOf(random, NOT_UTF8)}`
    return `${name}=${encodeURIComponent(value(random, known).toWellFormed())}`
  }).join('&')
}

interface Body {
  bytes: Buffer
  type?: string
  isBroken?: boolean
  framing?: string[]
}
const NO_BODY: Body = { bytes: Buffer.alloc(0) }

function body(random: Random, target: Target, path: string): Body {
  const isJson = path.startsWith('/api/') || path.startsWith('/webhooks') || random() < 0.1
  const kind = random()
  const drawn: Body = isJson
    ? { bytes: Buffer.from(json(random, target, path)), type: 'application/json' }
    : kind < 0.7
      ? { bytes: Buffer.from(pairs(random, target)), type: 'application/x-www-form-urlencoded' }
      : kind < 0.95
        ? multipart(random, target)
        : { bytes: noise(random, 2000), type: oneOf(random, STRANGE_TYPES) }
  if (random() < 0.05) drawn.type = oneOf(random, STRANGE_TYPES)
  if (random() < 0.01) drawn.bytes = Buffer.alloc(oneOf(random, [65_536, 65_537, 600_000, 3_000_000]), 'a=b&')
  return framed(random, drawn)
}

const STRANGE_TYPES = [
  'text/plain',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json; charset=latin1',
  'application/xml',
  '/',
  '\xff\xfe',
]

/** Says how long the body is: right, in chunks, or wrong. */
function framed(random: Random, drawn: Body): Body {
  const { bytes } = drawn
  const kind = random()
  if (kind < 0.85) return { ...drawn, framing: [`Content-Length: ${bytes.length}`] }
  if (kind < 0.91) {
    const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')])
    return {
      ...drawn,
      bytes: bytes.length > 0 ? chunk : Buffer.from('0\r\n\r\n'),
      framing: ['Transfer-Encoding: chunked'],
    }
  }
  const wrong: Body[] = [
    { ...drawn, framing: [`Content-Length: ${bytes.length + 10}`] },
    { ...drawn, framing: ['Content-Length: -1'] },
    { ...drawn, framing: ['Content-Length: 1e3'] },
    { ...drawn, framing: ['Content-Length: 5', 'Content-Length: 6'] },
    { ...drawn, framing: ['Content-Length: 99999999999999999999'] },
    { ...drawn, framing: ['Content-Length: 4', 'Transfer-Encoding: chunked'] },
    { ...drawn, bytes: Buffer.concat([Buffer.from('zz\r\n'), bytes]), framing: ['Transfer-Encoding: chunked'] },
    { ...drawn, bytes: Buffer.concat([Buffer.from('ffff\r\n'), bytes]), framing: ['Transfer-Encoding: chunked'] },
    { ...drawn, bytes: Buffer.from('5\r\na=b&c'), framing: ['Transfer-Encoding: chunked'] },
    { ...drawn, bytes: Buffer.from('fffffffffffffffff\r\na'), framing: ['Transfer-Encoding: chunked'] },
    { ...drawn, framing: ['Transfer-Encoding: gzip, chunked'] },
    { ...drawn, framing: [`Content-Length: ${bytes.length}`, 'Content-Encoding: gzip'] },
    { ...drawn, framing: [`Content-Length: ${bytes.length}`, 'Expect: 200-ok'] },
  ]
  return { ...oneOf(random, wrong), isBroken: true }
}

function multipart(random: Random, { fields, known }: Target): Body {
  const boundary = 'fuzzfuzzfuzz'
  const parts = Array.from({ length: between(random, 0, 4) }, () => {
    const file = random() < 0.2 ? `; filename="${oneOf(random, ['a.txt', '../a', '"', 'ä'])}"` : ''
    return `--${boundary}\r\nContent-Disposition: form-data; name="${oneOf(random, fields)}"${file}\r\n\r\n${value(random, known)}\r\n`
  })
  const whole = Buffer.from(`${parts.join('')}--${boundary}--\r\n`)
  const type = `multipart/form-data; boundary=${boundary}`
  if (random() < 0.5) return { bytes: whole, type }
  const broken = oneOf(random, [
    whole.subarray(0, between(random, 0, whole.length)),
    Buffer.from(whole.toString('latin1').replace(/\r\n/g, '\n'), 'latin1'),
    Buffer.concat([whole, noise(random, 100)]),
    Buffer.from(whole.toString('latin1').replace(/name=/g, 'nam='), 'latin1'),
    Buffer.from(whole.toString('latin1').replace('form-data', 'x'.repeat(9000)), 'latin1'),
  ])
  return { bytes: broken, type }
}

function json(random: Random, { fields, known }: Target, path: string): string {
  const one = (depth: number): unknown => {
    const kind = random()
    if (kind < 0.6 || depth > 4) return value(random, known)
    if (kind < 0.7) return oneOf(random, [null, true, 0, -1, 1e308, 2 ** 53, 0.1])
    if (kind < 0.8) return [one(depth + 1), one(depth + 1)]
    return Object.fromEntries(Array.from({ length: 3 }, () => [oneOf(random, fields), one(depth + 1)]))
  }
  if (path.startsWith('/webhooks') && random() < 0.8) {
    const object = random() < 0.6 ? { id: value(random, known), object: 'charge', payment_intent: one(3) } : one(0)
    return JSON.stringify({
      id: random() < 0.9 ? `evt_${value(random, known)}` : one(0),
      object: 'event',
      type: oneOf(random, ['charge.refunded', 'payment_intent.succeeded', 'checkout.session.completed', one(2)]),
      livemode: random() < 0.1,
      created: oneOf(random, [1_790_000_000, -1, 1e300, 0.5, one(2)]),
      api_version: oneOf(random, ['2026-01-01', null, one(2)]),
      data: random() < 0.9 ? { object } : one(1),
    })
  }
  const kind = random()
  if (kind < 0.6)
    return JSON.stringify(Object.fromEntries(Array.from({ length: 4 }, () => [oneOf(random, fields), one(1)])))
  if (kind < 0.8) return JSON.stringify(one(0))
  return oneOf(random, ['', '{', '{"a":', '[1,', '"\\ud800"', '{"__proto__":{"a":1}}', '['.repeat(20_000), '\ufeff{}'])
}

function extras(random: Random, target: Target, path: string, body: Buffer): string[] {
  // From anywhere: what is limited by address is another test's.
  const address = Array.from({ length: 4 }, () => between(random, 1, 254)).join('.')
  const lines = [`X-Forwarded-For: ${random() < 0.98 ? address : oneOf(random, ['::1', '%', '1.2.3', '[::', ', ,'])}`]
  if (random() < 0.92) lines.push(`Origin: ${target.origin}`)
  else if (random() < 0.5) lines.push(`Origin: ${oneOf(random, ['null', 'https://evil.example', '%', ''])}`)
  const who = random()
  if (who < 0.75) lines.push(`Cookie: ${oneOf(random, target.cookies)}`)
  else if (who < 0.85) lines.push(`Cookie: ${oneOf(random, COOKIES)}`)
  if (path.startsWith('/api')) {
    lines.push(
      `Authorization: ${random() < 0.85 ? `Bearer ${target.key}` : oneOf(random, ['Bearer', 'Bearer fpu_', 'Basic \xff'])}`,
    )
    if (random() < 0.9)
      lines.push(`Idempotency-Key: ${random() < 0.8 ? crypto.randomUUID() : oneOf(random, ['a b', '', '\xff'])}`)
  }
  if (path.startsWith('/webhooks')) {
    const signature = random() < 0.8 ? target.sign(body.toString()) : oneOf(random, ['t=1,v1=', 't=NaN', '\xff', ''])
    lines.push(`Stripe-Signature: ${signature}`)
  }
  if (random() < 0.15) lines.push(oneOf(random, STRANGE_HEADERS))
  if (random() < 0.005)
    lines.push(...Array.from({ length: oneOf(random, [100, 2500]) }, (_, i) => `X-Flood-${i}: ${i}`))
  if (random() < 0.003) lines.push(`X-Long: ${'x'.repeat(oneOf(random, [8000, 20_000, 200_000]))}`)
  return lines
}

const COOKIES = [
  'session=%E0%A4%A',
  'session=',
  'session=a%00b',
  '__Host-session=x; session=y; session=z',
  'proof=%; oauth={"a":1}; passkey=[]',
  'proof=x; oauth=%FF; passkey=%00',
  '=;;;=',
  'locale=<b fuzz>; lang=%0d%0a',
  Array.from({ length: 300 }, (_, i) => `c${i}=v`).join('; '),
]
const STRANGE_HEADERS = [
  'Accept-Language: *;q=NaN',
  `Accept-Language: ${'en,'.repeat(500)}`,
  'Accept-Language: \xff<b fuzz>',
  'Accept-Encoding: gzip;q=0, br, x',
  'If-None-Match: "',
  'If-Modified-Since: never',
  'Range: bytes=9-1,-',
  'Accept: text/event-stream',
  'X-HTTP-Method-Override: DELETE',
  'X-Request-Id: <b fuzz>',
  'X-Request-Id: \xff',
  'User-Agent: \xff<b fuzz>',
  'Referer: %%%',
  'Upgrade: h2c',
  'Sec-Fetch-Site: cross-site',
  'Content-Type: a',
  'Bad Header: x',
  ': x',
  'X-Nul: a\0b',
  'X-Fold: a\r\n b',
]

function garbage(random: Random): Sent {
  return oneOf(random, [
    { bytes: noise(random, 500), isBroken: true },
    { bytes: Buffer.from('GET\r\n\r\n'), isBroken: true },
    { bytes: Buffer.from('GET / HTTP/9.9\r\n\r\n'), isBroken: true },
    { bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), isBroken: true },
    { bytes: Buffer.from('GET / HTTP/1.0\r\n\r\n'), isBroken: true },
    { bytes: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), isBroken: true },
    { bytes: Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'), isBroken: true },
    { bytes: Buffer.from('POST /tip HTTP/1.1\r\nHost: a\r\n'), isBroken: true },
    { bytes: Buffer.from('GET / HTTP/1.1\nHost: a\n\n'), isBroken: true },
  ])
}

function noise(random: Random, most: number): Buffer {
  return Buffer.from(Array.from({ length: between(random, 1, most) }, () => between(random, 0, 255)))
}
