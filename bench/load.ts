import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Load {
  port: number
  /** How many ask at once, each over a connection of its own that is kept. */
  connections: number
  /** The bytes of the next request; undefined when there is none left. */
  next(): Buffer | undefined
  /** What an answer has to be; another throws. */
  status?: number
  /** Between an answer and the next request. */
  restMs?: number
}

export interface Measured {
  answers: number
  seconds: number
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
}

/** Sends requests as fast as they are answered. Bare sockets, since Node's own client costs more than the servers measured. */
export async function load({ port, connections, next, status = 200, restMs = 0 }: Load): Promise<Measured> {
  const times: number[] = []
  const begun = performance.now()
  const one = async () => {
    const line = await openLine(port)
    for (let request = next(); request; request = next()) {
      const from = performance.now()
      const answer = await line.ask(request)
      times.push(performance.now() - from)
      if (answer.status !== status)
        throw new Error(`${answer.status} instead of ${status}: ${answer.text.slice(0, 500)}`)
      if (restMs > 0) await pause(restMs)
    }
    line.close()
  }
  await Promise.all(Array.from({ length: connections }, one))
  return measured(times, (performance.now() - begun) / 1000)
}

export function measured(times: number[], seconds: number): Measured {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { answers: times.length, seconds, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) }
}

/** The same request until so many seconds are over. */
export function forSeconds(seconds: number, request: Buffer): () => Buffer | undefined {
  const until = performance.now() + seconds * 1000
  return () => (performance.now() < until ? request : undefined)
}

export function requestBytes(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): Buffer {
  const bytes = Buffer.from(body)
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(bytes.length && { 'content-length': bytes.length }),
  })
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head), bytes])
}

interface Answer {
  status: number
  text: string
}

async function openLine(port: number): Promise<{ ask(request: Buffer): Promise<Answer>; close(): void }> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let told: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  let text = ''
  socket.on('data', (data) => {
    text += data.toString('latin1')
    if (!isWhole(text)) return
    const answer = { status: Number(text.slice(9, 12)), text }
    text = ''
    told?.resolve(answer)
  })
  socket.on('error', (error) => told?.reject(error))
  socket.on('close', () => told?.reject(new Error(`The server hung up: ${text.slice(0, 200)}`)))
  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        told = { resolve, reject }
        socket.write(request)
      })
    },
    close() {
      told = undefined
      socket.destroy()
    },
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const head = text.slice(0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return text.endsWith('\r\n0\r\n\r\n')
  return true
}
