import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { StatusCode } from 'hono/utils/http-status'
import { sql } from 'kysely'
import { sha256 } from '../auth/tokens.ts'
import type { Db } from '../db/connection.ts'
import { PROBLEMS, problem } from './problems.ts'

const KEY = /^[\x21-\x7e]{1,255}$/
// A later try may end otherwise: what is owed is paid, what was too much is over.
const NOT_KEPT = [401, 402, 404, 405, 409, 429]

/**
 * Makes it safe to send a POST again: under one Idempotency-Key of one user it is done once, and its answer kept for a day.
 * A process that dies between the work and the answer leaves the work to be done again a minute later, so what must not
 * happen twice (a credit that is taken) carries the same key into its own transaction.
 */
export function idempotent(db: Db): MiddlewareHandler {
  return createMiddleware(async (c, next) => {
    if (c.req.method !== 'POST') return next()
    const key = c.req.header('idempotency-key') ?? ''
    if (!KEY.test(key)) return problem(c, PROBLEMS.noIdempotencyKey)
    const { pathname, search } = new URL(c.req.url)
    const hash = sha256(JSON.stringify([c.req.method, pathname + search, await c.req.text()]))
    const call: Call = { userId: c.var.user!.userId, key, hash, claim: crypto.randomUUID() }

    const before = (await claim(db, call)) ? undefined : await readCall(db, call)
    if (before) return answerAgain(c, before, hash)
    await next()
    await keepAnswer(db, call, c.res)
  })
}

interface Call {
  userId: string
  key: string
  hash: string
  claim: string
}

/** True when this call may do the work: the first, or one after a first that died, or that is a day old. */
async function claim(db: Db, { userId, key, hash, claim }: Call): Promise<boolean> {
  const values = { user_id: userId, key, hash, claim }
  const claimed = await db
    .insertInto('api_requests')
    .values(values)
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'key'])
        .doUpdateSet({
          ...{ hash, claim, claimed_at: sql`now()`, created_at: sql`now()` },
          ...{ status: null, body: null, content_type: null },
        })
        .where(
          sql<boolean>`api_requests.created_at < now() - interval '1 day' or (api_requests.status is null
            and api_requests.hash = ${hash} and api_requests.claimed_at < now() - interval '1 minute')`,
        ),
    )
    .returning('claim')
    .executeTakeFirst()
  return claimed !== undefined
}

type Before = NonNullable<Awaited<ReturnType<typeof readCall>>>

async function readCall(db: Db, { userId, key }: Call) {
  const before = await db
    .selectFrom('api_requests')
    .select(['hash', 'status', 'content_type', 'body'])
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst()
  // The first has just ended with an answer that is not kept: to the caller that is as if it were under way.
  return before ?? { hash: undefined, status: null, content_type: null, body: null }
}

function answerAgain(c: Context, { hash: first, status, content_type, body }: Before, hash: string) {
  if (first !== undefined && first !== hash) return problem(c, PROBLEMS.otherRequest)
  if (status === null) return problem(c, PROBLEMS.underWay, { 'retry-after': '2' })
  const headers = { 'idempotent-replayed': 'true', ...(content_type && { 'content-type': content_type }) }
  // Of a 204 there is no body, not even an empty one.
  return c.newResponse(body || null, status as StatusCode, headers)
}

async function keepAnswer(db: Db, { userId, key, claim }: Call, answer: Response): Promise<void> {
  const { status } = answer
  if (status >= 500 || NOT_KEPT.includes(status)) {
    await db
      .deleteFrom('api_requests')
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .where('claim', '=', claim)
      .execute()
    return
  }
  const body = await answer.clone().text()
  await db
    .updateTable('api_requests')
    .set({ status, body, content_type: answer.headers.get('content-type') })
    .where('user_id', '=', userId)
    .where('key', '=', key)
    .where('claim', '=', claim)
    .execute()
}
