import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type pg from 'pg'
import Stripe from 'stripe'
import { onTestFinished } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import type { Random } from '../support/seeded.ts'

/** What may become of a request to Stripe's API. Where it says `after`, the work is done and only its answer is lost. */
export const stripeTroubles = ['429', '500', 'hangs', 'hangs after', 'closes', 'closes after'] as const
export type StripeTrouble = (typeof stripeTroubles)[number]

export type BadStripe = Awaited<ReturnType<typeof openBadStripe>>

interface Options {
  pool: pg.Pool
  port: number
  baseUrl: string
  secret: string
  random: Random
  /** How webhooks go out. */
  fetch: typeof fetch
}

/** A sandbox on a port of this machine. Its troubles are at the door: payers, and `client`, go by another. */
export async function openBadStripe({ pool, port, baseUrl, secret, random, fetch }: Options) {
  const sandbox = await createSandbox({
    pool,
    baseUrl,
    webhook: { url: `${baseUrl}/webhooks/stripe`, secret },
    fetch,
    settleAfterMs: 500,
    refundAfterMs: 1000,
    disputeAfterMs: 1000,
    payouts: 'daily',
  })
  let trouble: { kind: StripeTrouble; share: number } | undefined
  const hanging = new Set<() => void>()
  const state = { requests: 0, troubled: 0 }

  const answer = async (request: Request, { incoming }: HttpBindings): Promise<Response> => {
    state.requests++
    if (!trouble || random() >= trouble.share) return sandbox.app.fetch(request)
    state.troubled++
    const { kind } = trouble
    if (kind === '429') return refusal(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many.' })
    if (kind === '500') return refusal(500, { type: 'api_error', message: 'An unknown error occurred.' })
    if (kind.endsWith('after')) await sandbox.app.fetch(request)
    if (kind.startsWith('hangs')) await new Promise<void>((released) => hanging.add(released))
    incoming.socket.destroy()
    return new Response(null, { status: 500 })
  }
  const server = createAdaptorServer({ fetch: answer as never })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  sandbox.start()
  onTestFinished(async () => {
    for (const release of hanging) release()
    await sandbox.stop()
    server.close()
  })

  return {
    sandbox,
    state,
    /** Without the troubles. */
    client: new Stripe('sk_test_faults', { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) }),
    begin(kind: StripeTrouble, share: number) {
      trouble = { kind, share }
    },
    /** What hangs is dropped. */
    end() {
      trouble = undefined
      for (const release of hanging) release()
      hanging.clear()
    },
  }
}

function refusal(status: number, error: object): Response {
  return Response.json({ error }, { status })
}
