import { defineConfig } from 'vitest/config'
import { outputFile, reporters } from '../../vitest.config.ts'

/** Whole programs in processes of their own: starting, stopping, building, kill -9, a copy of the kit without a feature. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/programs/**/*.test.{ts,tsx}'],
    globalSetup: 'tests/support/databases-for-tests.ts',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
