export interface ErrorBody {
  type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error'
  message: string
  code?: string
  decline_code?: string
  param?: string
}

/** An answer that Stripe would give, thrown from anywhere inside a request. */
export class StripeError extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: ErrorBody) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

export const invalid = (message: string, { code, param }: { code?: string; param?: string } = {}) =>
  new StripeError(400, { type: 'invalid_request_error', message, ...(code && { code }), ...(param && { param }) })

export const missing = (object: string, id: string, param = 'id', status = 404) =>
  new StripeError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${object}: '${id}'`,
    param,
  })

export const notInSandbox = (what: string, param?: string) =>
  invalid(`This is Stripe's, but the local sandbox does not have it: ${what}.`, { code: 'not_in_sandbox', param })
