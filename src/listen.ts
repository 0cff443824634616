import type { ServerResponse } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

// Who sends slowly, or a header without end, keeps a connection for so long and no longer. Node's own are five minutes.
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 5_000,
}

/**
 * Serves an app on a port (or a socket's path) until `close`, which lets requests under way finish; without `hostname` on
 * every address of this machine. Rejects when it can't.
 */
export function listen(
  app: Pick<Hono, 'fetch'>,
  where: number | string,
  hostname?: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: LIMITS })
  const open = new Set<ServerResponse>()
  server.on('request', (_, response) => {
    open.add(response as ServerResponse)
    response.once('close', () => open.delete(response as ServerResponse))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const options = typeof where === 'string' ? { path: where } : { port: where, host: hostname }
    server.listen(options, () => {
      const address = server.address()
      resolve({ port: typeof address === 'object' && address ? address.port : 0, close: () => close(server, open) })
    })
  })
}

function close(server: ReturnType<typeof createAdaptorServer>, open: Set<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    // What has no end of its own: the browser comes again, to a process that stays.
    for (const response of open) {
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) response.destroy()
    }
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
