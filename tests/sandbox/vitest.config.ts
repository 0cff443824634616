import { mergeConfig } from 'vitest/config'
import config from '../../vitest.config.ts'

/** The local Stripe by itself, driven by the official SDK. */
export default mergeConfig(
  { ...config, test: { ...config.test, include: [], exclude: [] } },
  { test: { root: new URL('../..', import.meta.url).pathname, include: ['tests/sandbox/**/*.test.ts'] } },
)
