import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'

// Who sends slowly, or a header without end, keeps a connection for so long and no longer. Node's own are five minutes.
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 5_000,
}

export interface Listening {
  port: number
  /**
   * Lets requests under way finish. Before that, for `drainMs`, it goes on answering, but for /readyz, which says 503, so
   * that a load balancer sends its requests elsewhere: what comes at the very moment of the end would be reset.
   */
  close(drainMs?: number): Promise<void>
}

/**
 * Serves an app on a port (or a socket's path) until `close`; without `hostname` on every address of this machine. Rejects
 * when it can't.
 */
export function listen(app: Pick<Hono, 'fetch'>, where: number | string, hostname?: string): Promise<Listening> {
  let isStopping = false
  const streams = new Set<ServerResponse>()
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    if (isStopping && new URL(request.url).pathname === '/readyz') return new Response('stopping', { status: 503 })
    const response = await app.fetch(request, env)
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      streams.add(env.outgoing)
      env.outgoing.once('close', () => streams.delete(env.outgoing))
    }
    return response
  }
  const server = createAdaptorServer({ fetch: answer as Hono['fetch'], serverOptions: LIMITS })
  server.on('request', (_, response: ServerResponse) => {
    // Nobody keeps a connection to who is leaving.
    if (isStopping) response.shouldKeepAlive = false
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const options = typeof where === 'string' ? { path: where } : { port: where, host: hostname }
    server.listen(options, () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        async close(drainMs = 0) {
          isStopping = true
          await pause(drainMs)
          await untilAllAreIn()
          await close(server, streams)
        },
      })
    })
  })
}

/** Connections wait for their turn while the process is busy, and are reset when nobody listens any more: until it is not. */
async function untilAllAreIn(): Promise<void> {
  for (let tries = 1000, from = 0; tries > 0 && performance.now() - from > 0.5; tries--) {
    from = performance.now()
    await new Promise(setImmediate)
  }
}

function close(server: ReturnType<typeof createAdaptorServer>, streams: Set<ServerResponse>): Promise<void> {
  return new Promise((resolve) => {
    // What has no end of its own: the browser comes again, to a process that stays.
    const endStreams = () => {
      for (const response of streams) response.destroy()
    }
    const ending = setInterval(endStreams, 500)
    server.close(() => {
      clearInterval(ending)
      resolve()
    })
    endStreams()
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}
