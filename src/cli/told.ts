import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { ConfigError } from '../config.ts'

/** A line of what the running app answers to a command that takes its time, as JSON. */
interface Told<T> {
  say?: string
  error?: string
  /** The last one, in a field of its own: it may be anything. */
  done?: { result: T }
}

type Say = (line: string) => void

/** Does work for a command that waits at the other end of a socket, and tells it whatever is said. Goes on when it leaves. */
export function tell<T>(work: (say: Say) => Promise<T>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let hasLeft = false
  return new ReadableStream({
    async start(controller) {
      const write = (line: Told<T>) => {
        if (!hasLeft) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`))
      }
      try {
        write({ done: { result: await work((line) => write({ say: line })) } })
      } catch (error) {
        write({ error: (error as Error).message })
      }
      if (!hasLeft) controller.close()
    },
    cancel() {
      hasLeft = true
    },
  })
}

/** The other end: the result of the work. Throws a ConfigError when it failed, or the app has stopped on the way. */
export async function listenTo<T>(answer: IncomingMessage, say: Say): Promise<T> {
  for await (const text of createInterface({ input: answer })) {
    const line = JSON.parse(text) as Told<T>
    if (line.say !== undefined) say(line.say)
    if (line.error !== undefined) throw new ConfigError(line.error)
    if (line.done) return line.done.result
  }
  throw new ConfigError('The app stopped on the way. Run this again.')
}
