import { mergeConfig } from 'vitest/config'
import config from '../../vitest.config.ts'

/** What becomes of money: refunds, disputes, subscriptions, the sums, and Stripe's lists beside ours. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  { test: { root: new URL('../..', import.meta.url).pathname, include: ['tests/books/**/*.test.{ts,tsx}'] } },
)
