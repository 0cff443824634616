import { defineConfig } from 'vitest/config'
import { outputFile, reporters } from '../../vitest.config.ts'

/** Generated histories of a shop, told to two processes in every way: HISTORIES of them (200), from SEED on. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/property/**/*.test.ts'],
    globalSetup: 'tests/property/setup.ts',
    maxWorkers: 1,
    // The figures of a long run are printed as it goes.
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
