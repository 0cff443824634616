import type { Context } from 'hono'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { ProviderName } from './oauth.ts'
import { returnPath } from './return-to.ts'
import { shortCookie } from './short-cookie.ts'

const MINUTES = 10

const Flow = z.object({
  provider: z.enum(['github', 'google']),
  state: z.string().min(1),
  verifier: z.string().min(1),
  /** '' is where everybody goes. */
  returnTo: z.string().transform((path) => returnPath(path, '')),
  /** The account that gets a new way in; without it, it is a sign-in. */
  linkTo: z.string().optional(),
})

/** What the browser keeps while its person is at the provider. */
export type Flow = z.infer<typeof Flow>

/** Puts it into a cookie of ten minutes. A later one replaces it. */
export function keepFlow(c: Context, config: Config, flow: Flow): void {
  // A browser drops a cookie over 4 KB, and with it the whole sign-in.
  const returnTo = flow.returnTo.length <= 500 ? flow.returnTo : ''
  const value = Buffer.from(JSON.stringify({ ...flow, returnTo })).toString('base64url')
  shortCookie(c, config, 'oauth').set(value, MINUTES)
}

/** Takes it out again, whatever comes of it: one start, one return. */
export function takeFlow(c: Context, config: Config, provider: ProviderName): Flow | undefined {
  const cookie = shortCookie(c, config, 'oauth')
  const value = cookie.get()
  if (!value) return undefined
  cookie.drop()
  const flow = Flow.safeParse(parseJson(Buffer.from(value, 'base64url').toString())).data
  return flow?.provider === provider ? flow : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
