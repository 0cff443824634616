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

/** What any call may be answered, and the description gives as an example. */
export const PROBLEMS = {
  noIdempotencyKey: { status: 400, detail: 'Send an Idempotency-Key: 1 to 255 visible ASCII characters.' },
  noKey: { status: 401, detail: 'Send a valid key: Authorization: Bearer fpu_…' },
  otherRequest: { status: 409, detail: 'This Idempotency-Key was sent with another request.' },
  underWay: { status: 409, detail: 'The first request with this Idempotency-Key is under way.' },
  tooMany: { status: 429, detail: tooManyText(new TooMany('api', 60), 'en') },
} as const satisfies Record<string, Wrong>

export interface Wrong {
  status: Status
  detail: string
}

/** Answers with a problem document (RFC 9457). */
export function problem(c: Context, wrong: Wrong, headers: Record<string, string> = {}) {
  const body = JSON.stringify(documentOf(wrong))
  return c.body(body, wrong.status, { ...headers, 'content-type': 'application/problem+json' })
}

export function documentOf({ status, detail }: Wrong) {
  return { type: 'about:blank', title: TITLES[status], status, detail }
}

/** As answerError, for programs: whatever was thrown, and nothing of what it says about the inside. */
export function answerProblem(error: Error, c: Context) {
  if (error instanceof TooMany) {
    const wrong = { status: 429, detail: tooManyText(error, 'en') } as const
    return problem(c, wrong, { 'retry-after': String(error.retryAfterSeconds) })
  }
  if (error instanceof HTTPException && error.status < 500) {
    const status = isKnown(error.status) ? error.status : 400
    return problem(c, { status, detail: error.message || TITLES[status] })
  }
  if (isDatabaseDown(error) || isStripeDown(error)) {
    log.warn(error.message)
    const wrong = { status: 503, detail: 'This does not work right now. Please try again soon.' } as const
    return problem(c, wrong, { 'retry-after': '10' })
  }
  log.error(error)
  return problem(c, { status: 500, detail: 'This is our mistake. It has been written down.' })
}

const isKnown = (status: number): status is Status => Object.hasOwn(TITLES, status)
