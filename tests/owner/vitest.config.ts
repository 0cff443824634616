import { mergeConfig } from 'vitest/config'
import config from '../../vitest.config.ts'

/** What the owner sees and runs: the dashboard, the list of payments, the doctor, going live, the log. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  { test: { root: new URL('../..', import.meta.url).pathname, include: ['tests/owner/**/*.test.{ts,tsx}'] } },
)
