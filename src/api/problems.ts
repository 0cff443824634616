import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { tooManyText } from '../auth/limit-words.ts'
import { TooMany } from '../auth/limits.ts'
import { isDatabaseDown } from '../db/is-down.ts'
import { log } from '../log.ts'
import { isStripeDown } from '../payments/stripe.ts'

export const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const
export type Status = keyof typeof TITLES

/** Answers with a problem document (RFC 9457). */
export function problem(c: Context, status: Status, detail: string, headers: Record<string, string> = {}) {
  const document = { type: 'about:blank', title: TITLES[status], status, detail }
  return c.body(JSON.stringify(document), status, { ...headers, 'content-type': 'application/problem+json' })
}

/** As answerError, for programs: whatever was thrown, and nothing of what it says about the inside. */
export function answerProblem(error: Error, c: Context) {
  if (error instanceof TooMany) {
    return problem(c, 429, tooManyText(error, 'en'), { 'retry-after': String(error.retryAfterSeconds) })
  }
  if (error instanceof HTTPException && error.status < 500) {
    const status = isKnown(error.status) ? error.status : 400
    return problem(c, status, error.message || TITLES[status])
  }
  if (isDatabaseDown(error) || isStripeDown(error)) {
    log.warn(error.message)
    return problem(c, 503, 'This does not work right now. Please try again soon.', { 'retry-after': '10' })
  }
  log.error(error)
  return problem(c, 500, 'This is our mistake. It has been written down.')
}

const isKnown = (status: number): status is Status => Object.hasOwn(TITLES, status)
