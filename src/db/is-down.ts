// https://www.postgresql.org/docs/current/errcodes-appendix.html: class 08, and the 57P of a server that stops or starts.
const SQLSTATES = /^(08...|57P0[123]|53300)$/
const SOCKET_ERRORS = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE|EHOSTUNREACH|EAI_AGAIN|ENOENT)$/
const POOL_MESSAGES =
  /timeout exceeded when trying to connect|connection terminated|connection timeout|client has encountered a connection error/i

/** The database can't be reached now, so that the same request may work later. */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '' } = error as NodeJS.ErrnoException
  const errors: unknown[] = error instanceof AggregateError ? error.errors : []
  return (
    SQLSTATES.test(code) || SOCKET_ERRORS.test(code) || POOL_MESSAGES.test(error.message) || errors.some(isDatabaseDown)
  )
}
