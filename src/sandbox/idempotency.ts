import { StripeError } from './errors.ts'
import type { Tx } from './tx.ts'

const DAY = 24 * 60 * 60 * 1000

/**
 * Does `work`, or gives the first answer under the request's key again (`original` is the request that got it).
 * Only what was done is kept: a refused request left nothing behind, so it may be sent again, corrected.
 */
export async function once(
  tx: Tx,
  fingerprint: string,
  work: () => Promise<object>,
): Promise<{ result: object | string; original?: string }> {
  const { id, idempotency_key: key } = tx.request
  if (!key) return { result: await work() }

  const { rows: locks } = await tx.db.query('select pg_try_advisory_xact_lock(hashtext($1)) as free', [
    `sandbox ${key}`,
  ])
  if (!locks[0].free) throw inUse(key)
  await tx.db.query('delete from sandbox.idempotency where created < $1', [tx.now - DAY])
  const { rows } = await tx.db.query<{ fingerprint: string; body: string; status: number; request_id: string }>(
    'select fingerprint, body, status, request_id from sandbox.idempotency where key = $1',
    [key],
  )
  const before = rows[0]
  if (before && before.fingerprint !== fingerprint) throw otherParameters(key)
  if (before && before.status >= 400) {
    return { result: new StripeError(before.status, JSON.parse(before.body)), original: before.request_id }
  }
  if (before) return { result: before.body, original: before.request_id }

  const result = await work()
  const [status, body] = result instanceof StripeError ? [result.status, result.body] : [200, result]
  await tx.db.query(
    `insert into sandbox.idempotency (key, fingerprint, body, status, request_id, created)
     values ($1, $2, $3, $4, $5, $6)`,
    [key, fingerprint, JSON.stringify(body, null, 2), status, id, tx.now],
  )
  return { result }
}

const inUse = (key: string) =>
  new StripeError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  })

const otherParameters = (key: string) =>
  new StripeError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  })
