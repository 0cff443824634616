import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 20_000

export interface Sent {
  bytes: Buffer
  /** Milliseconds between the pieces that it is sent in; without it, all at once. */
  slowMs?: number
  /** What it says of its length is wrong, so that the server may wait for the rest, or hang up. */
  isBroken?: boolean
}

export interface Answer {
  /** 0 when the server hung up without a word. */
  status: number
  contentType: string
  body: string
}

/** Sends bytes over a connection of their own, as they are, and reads what comes until the server hangs up. */
export function send(port: number, { bytes, slowMs, isBroken }: Sent): Promise<Answer | 'no answer'> {
  return new Promise((done) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      socket.destroy()
      done('no answer')
    }, PATIENCE_MS)
    const finish = () => {
      clearTimeout(timer)
      done(parse(Buffer.concat(chunks)))
    }
    // The server may have heard enough before it has heard all.
    socket.on('error', finish)
    socket.on('close', finish)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('connect', async () => {
      if (slowMs === undefined) socket.write(bytes)
      else {
        const size = Math.ceil(bytes.length / 5)
        for (let from = 0; from < bytes.length && socket.writable; from += size) {
          socket.write(bytes.subarray(from, from + size))
          await pause(slowMs)
        }
      }
      // The rest never comes.
      if (isBroken) socket.end()
    })
  })
}

function parse(bytes: Buffer): Answer {
  const text = bytes.toString('utf8')
  const end = text.indexOf('\r\n\r\n')
  const head = text.slice(0, end)
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
    contentType: /^content-type: *(.*)$/im.exec(head)?.[1] ?? '',
    body: text.slice(end + 4),
  }
}
