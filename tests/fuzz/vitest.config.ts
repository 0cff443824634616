import { defineConfig } from 'vitest/config'
import { outputFile, reporters } from '../../vitest.config.ts'

/** Malformed requests to a process of the built app: FUZZ_REQUESTS of them (50,000), drawn from FUZZ_SEED. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/fuzz/**/*.test.ts'],
    globalSetup: 'tests/property/setup.ts',
    // The figures of a long run are printed as it goes.
    disableConsoleIntercept: true,
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
