import { ConfigError, type StripeMode } from '../config.ts'
import type { Db } from './connection.ts'

/**
 * Remembers at the first start whose payments are in this database, and refuses others ever after: a rehearsal's ¥6.6 must
 * not add up with real money. Throws a ConfigError.
 */
export async function keepStripeMode(db: Db, mode: StripeMode): Promise<void> {
  await db
    .insertInto('installation')
    .values({ stripe_mode: mode })
    .onConflict((conflict) => conflict.column('only_row').doNothing())
    .execute()
  const { stripe_mode } = await db.selectFrom('installation').select('stripe_mode').executeTakeFirstOrThrow()
  if (stripe_mode === mode) return
  throw new ConfigError(
    `This database holds ${names[stripe_mode]}, and STRIPE_SECRET_KEY is for ${names[mode]}: set another DATABASE_URL or DATA_DIR.`,
  )
}

const names: Record<StripeMode, string> = {
  sandbox: "the sandbox's payments",
  test: 'test payments',
  live: 'real payments',
}
