import { getContext } from 'hono/context-storage'
import pino, { type DestinationStream, type Logger } from 'pino'

const options = {
  level: 'warn',
  // What is written while a request is answered names it.
  mixin: () => ({ request: requestId() }),
  formatters: { level: (level: string) => ({ level }) },
  timestamp: pino.stdTimeFunctions.isoTime,
  // Name, message and stack: what else hangs on an error may hold what a customer typed.
  serializers: { err: ({ name, message, stack }: Error) => ({ name, message, stack }) },
} satisfies pino.LoggerOptions

/** One JSON object a line. Never holds a query, a form, a cookie or a key. Until an entry sets it up, warnings alone. */
export let log: Logger = pino(options)

/** Called once, by the entry of a program. `stream` instead of standard output. */
export function setUpLog(level: string, stream?: DestinationStream): void {
  log = stream ? pino({ ...options, level }, stream) : pino({ ...options, level })
}

function requestId(): string | undefined {
  try {
    return getContext<{ Variables: { requestId: string } }>().var.requestId
  } catch {
    return undefined // outside of any request
  }
}
