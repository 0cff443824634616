// What a page can cost at the least: a greeting by node:http, and the same by Hono. In a process of its own, as the app is.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'

const bare = createServer((_, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end('<h1>你好</h1>')
})
// As many bytes as one of our pages has, compressed.
const bytes = new Uint8Array(6_500)
const app = new Hono().get('/', (c) => c.html('<h1>你好</h1>')).get('/bytes', (c) => c.body(bytes))
const hono = createAdaptorServer({ fetch: app.fetch })
bare.listen(0, '127.0.0.1', () =>
  hono.listen(0, '127.0.0.1', () => {
    const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
    process.send!({ bare: portOf(bare), hono: portOf(hono) })
  }),
)
process.on('disconnect', () => process.exit())
