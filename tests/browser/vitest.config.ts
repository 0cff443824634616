import { defineConfig } from 'vitest/config'
import { outputFile, reporters } from '../../vitest.config.ts'

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/browser/**/*.test.{ts,tsx}'],
    globalSetup: 'tests/support/databases-for-tests.ts',
    // A browser and an app are four processes already.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 30_000,
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
