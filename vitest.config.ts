import { configDefaults, defineConfig } from 'vitest/config'

/** With TEST_REPORT, a JSON file too: .ci/run adds the suites up. */
export const reporters = ['default', ...(process.env.TEST_REPORT ? ['json'] : [])]
export const outputFile = { json: process.env.TEST_REPORT ?? '' }

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    // Suites of their own: npm run test:books, test:property and so on.
    exclude: [...configDefaults.exclude, 'tests/{books,owner,sandbox,property,programs,faults,fuzz,browser}/**'],
    globalSetup: 'tests/support/databases-for-tests.ts',
    // A worker keeps its modules from file to file, and so its PGlite too; nothing of ours keeps state in a module.
    isolate: false,
    // The tests wait more than they work, for databases and for other processes.
    maxWorkers: 3,
    // Generous, since a test that waits on a busy machine has not failed; nothing here asserts speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    reporters,
    outputFile,
  },
})
