import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Hono } from 'hono'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
}

interface Asset {
  file: string
  etag: string
  type: string
  body: Uint8Array<ArrayBuffer>
}

// Read once: the name carries a hash of the content, so that a browser may keep it for ever.
const folder = new URL('./static/', import.meta.url)
const assets = new Map(readdirSync(folder).map((name) => [name, read(name)]))
const byFile = new Map([...assets.values()].map((asset) => [asset.file, asset]))

function read(name: string): Asset {
  const body = contentOf(name)
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
  const extension = extname(name)
  const type = TYPES[extension]
  if (!type) throw new Error(`src/ui/static/${name}: static.ts knows no content type for ${extension}`)
  return { file: `${name.slice(0, -extension.length)}.${hash}${extension}`, etag: `"${hash}"`, type, body }
}

function contentOf(name: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)))
  if (!name.endsWith('.css')) return bytes
  // Comments and indentation are for us.
  const bare = new TextDecoder()
    .decode(bytes)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
  return new TextEncoder().encode(bare.replace(/ ?([{};,]) ?/g, '$1'))
}

/** '/static/style.<hash>.css' for 'style.css'. */
export function assetUrl(name: string): string {
  const asset = assets.get(name)
  if (!asset) throw new Error(`There is no src/ui/static/${name}`)
  return `/static/${asset.file}`
}

/** Mount at /static. */
export function staticFiles() {
  return new Hono().get('/:file', (c) => {
    const asset = byFile.get(c.req.param('file'))
    if (!asset) return c.notFound()
    c.header('Cache-Control', 'public, max-age=31536000, immutable')
    c.header('ETag', asset.etag)
    // A proxy that compresses makes our tag weak.
    if (c.req.header('If-None-Match')?.replace(/^W\//, '') === asset.etag) return c.body(null, 304)
    return c.body(asset.body, 200, { 'Content-Type': asset.type })
  })
}
