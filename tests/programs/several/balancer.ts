import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { inTurns, type Random } from '../../support/seeded.ts'

const TRY_MS = 10_000
const CHECK_MS = 250

export type Balancer = Awaited<ReturnType<typeof openBalancer>>

/**
 * A load balancer as there are many: each request goes to any of the processes that do not say they are leaving, over a
 * connection of its own, and to the next when one refuses it. A connection that was taken is not tried again. X-Forwarded-For is
 * believed, as nobody else comes here.
 */
export async function openBalancer(ports: number[], random: Random) {
  const leaving = watchLeaving(ports)
  const counts = { requests: 0, 'refused, and sent to the next': 0 }
  const byPort = new Map(ports.map((port) => [port, 0]))
  /** What its callers saw go wrong, by what they asked for. */
  const failures: string[] = []

  const server = createServer(async (near, response) => {
    counts.requests++
    const body = await bodyOf(near)
    const triedUntil = Date.now() + TRY_MS
    for (const port of inTurns(random, ports)) {
      if (leaving.has(port) && leaving.size < ports.length) continue
      const outcome = await pass(port, near, body, response)
      if (outcome === 'refused' && Date.now() < triedUntil) {
        counts['refused, and sent to the next']++
        await pause(20)
        continue
      }
      if (outcome === 'answered') byPort.set(port, byPort.get(port)! + 1)
      else failures.push(`${near.method} ${near.url}: ${outcome}`)
      if (!response.headersSent) response.writeHead(502)
      response.end()
      return
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, counts, byPort, failures }
}

/** Which of them have said a moment ago that they are going; who is gone refuses by itself. */
function watchLeaving(ports: number[]): Set<number> {
  const leaving = new Set<number>()
  const timer = setInterval(() => {
    for (const port of ports) {
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        async (answer) => {
          await answer.text()
          answer.ok ? leaving.delete(port) : leaving.add(port)
        },
        () => leaving.delete(port),
      )
    }
  }, CHECK_MS)
  onTestFinished(() => clearInterval(timer))
  return leaving
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray())
}

/** 'answered', 'refused', or what went wrong. */
function pass(port: number, near: IncomingMessage, body: Buffer, response: ServerResponse): Promise<string> {
  const { method, url: path, headers } = near
  return new Promise((done) => {
    const far = request({ host: '127.0.0.1', port, method, path, headers, agent: false })
    far.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : `${error}`))
    far.once('response', (answer) => {
      // A stream has no end of its own, so its end is no failure; nor is a caller who has heard enough.
      const mayEnd = () => String(answer.headers['content-type']).startsWith('text/event-stream') || response.destroyed
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response, { end: false })
      answer.once('end', () => done(answer.statusCode! >= 500 ? `answered ${answer.statusCode}` : 'answered'))
      answer.once('error', (error) => done(mayEnd() ? 'answered' : `cut off: ${error}`))
      response.once('close', () => far.destroy())
    })
    far.end(body)
  })
}
