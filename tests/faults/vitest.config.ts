import { defineConfig } from 'vitest/config'
import { outputFile, reporters } from '../../vitest.config.ts'

/** Two processes of the built app under load, while everything around them fails. Takes about two minutes, and never more than three. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['tests/faults/**/*.test.ts'],
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
