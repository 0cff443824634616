import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { Config } from '../config.ts'
import { clientAddress } from './client-address.ts'
import { sha256 } from './tokens.ts'

/** What is limited, and how often it may happen. */
export type LimitName =
  | 'sign-in'
  | 'sign-up'
  | 'mail'
  | 'code'
  | 'passkey'
  | 'checkout'
  | 'refund'
  | 'thanks'
  | 'ask'
  | 'claim'
  | 'api'

interface Limit {
  times: number
  /** From the first use on; then the count begins anew. */
  seconds: number
}
export type LimitTable = Record<LimitName, { address: Limit; account?: Limit }>

const MINUTES = 60

/**
 * An address may be a whole office or a phone network, so it is allowed more than one person needs. An account's count can
 * be used up by a stranger who knows the email, so none of them closes all ways in: a link that came by mail is not counted
 * at all, a passkey by address alone.
 */
const LIMITS: LimitTable = {
  // A person tries the three passwords they have; who guesses gets under a thousand a day. Link, code and passkey stay open.
  'sign-in': { account: { times: 10, seconds: 15 * MINUTES }, address: { times: 50, seconds: 15 * MINUTES } },
  // Each costs an argon2 hash and a mail.
  'sign-up': { address: { times: 10, seconds: 60 * MINUTES } },
  // No longer than a link lives: whoever is refused because of a stranger has one that works in their inbox.
  mail: { account: { times: 5, seconds: 15 * MINUTES }, address: { times: 20, seconds: 60 * MINUTES } },
  // Five tries a mail, and twenty a day for all mails of an account: one in 140 over a year. The link beside it stays open.
  code: { account: { times: 20, seconds: 24 * 60 * MINUTES }, address: { times: 50, seconds: 15 * MINUTES } },
  // Each leaves a challenge in the database for five minutes.
  passkey: { address: { times: 50, seconds: 15 * MINUTES } },
  // Far above what people pay, far below what Stripe allows us.
  checkout: { address: { times: 30, seconds: 10 * MINUTES } },
  // Each asks Stripe. Nobody has so many purchases to give back.
  refund: { account: { times: 20, seconds: 60 * MINUTES }, address: { times: 60, seconds: 60 * MINUTES } },
  // Each is a mail to the owner, and members pay for none.
  ask: { account: { times: 20, seconds: 60 * MINUTES }, address: { times: 60, seconds: 60 * MINUTES } },
  // Each is a mail to the owner, from somebody who need not have an account. A phone network shares one address.
  claim: { address: { times: 20, seconds: 60 * MINUTES } },
  // By key. Programs of many may share one address.
  api: { account: { times: 120, seconds: 60 }, address: { times: 1200, seconds: 60 } },
  // The page of one pending payment looks again every 4 seconds: 150 in ten minutes.
  thanks: { address: { times: 300, seconds: 10 * MINUTES } },
}

/** Counts in Postgres, so that all processes share them. */
export interface Limits {
  /**
   * Counts one use of `what` by the request's address and, where given, for one account.
   * Throws TooMany when there were too many, and the database's errors: without a count nobody passes.
   * Never call it inside a transaction: it uses the pool.
   */
  count(c: Context, what: LimitName, account?: string): Promise<void>
}

/** A 429 that knows when the next one is allowed. */
export class TooMany extends HTTPException {
  override name = 'TooMany'
  readonly what: LimitName
  readonly retryAfterSeconds: number

  constructor(what: LimitName, retryAfterSeconds: number) {
    super(429, { message: `too many: ${what}` })
    this.what = what
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export function createLimits(
  pool: pg.Pool,
  { trustedProxyHops }: Pick<Config, 'trustedProxyHops'>,
  table: LimitTable = LIMITS,
): Limits {
  const limiter = (keyPrefix: string, { times, seconds }: Limit, isSweeper = false) =>
    new RateLimiterPostgres({
      storeClient: { query: (query: pg.QueryConfig) => execute(pool, query) },
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix,
      points: times,
      duration: seconds,
      // Every five minutes one of a process deletes what ended over an hour ago; its timer keeps no process alive.
      clearExpiredByTimeout: isSweeper,
    })
  const names = Object.keys(table) as LimitName[]
  const byAddress = new Map(
    names.map((name, index) => [name, limiter(`${name}:address`, table[name].address, index === 0)]),
  )
  const byAccount = new Map(
    names.flatMap((name) => {
      const limit = table[name].account
      return limit ? [[name, limiter(`${name}:account`, limit)] as const] : []
    }),
  )

  return {
    async count(c, what, account) {
      // In this order: an address that is over its own limit can't use up anybody's account.
      await use(byAddress.get(what), clientAddress(c, trustedProxyHops), what)
      if (account !== undefined) await use(byAccount.get(what), account, what)
    },
  }
}

async function use(limiter: RateLimiterPostgres | undefined, who: string, what: LimitName): Promise<void> {
  try {
    // One statement, committed by itself. What is kept names nobody.
    await limiter?.consume(sha256(who))
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused
    throw new TooMany(what, Math.max(1, Math.ceil(refused.msBeforeNext / 1000)))
  }
}

/** pool.query() closes the connection after an error, and PGlite has but one: what comes next would get lost in it. */
async function execute(pool: pg.Pool, query: pg.QueryConfig) {
  const client = await pool.connect()
  try {
    return await client.query(query)
  } finally {
    client.release()
  }
}
