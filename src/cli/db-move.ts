import { ConfigError, loadConfig } from '../config.ts'
import { connectPostgres } from '../db/connection.ts'
import type { Comparison } from '../db/copy/compare.ts'
import { openExisting } from '../db/embedded.ts'
import { run } from '../run.ts'
import { createSchema } from '../sandbox/schema.ts'
import { moveDatabase } from './move-database.ts'

// Copies the embedded database in DATA_DIR into the Postgres of DATABASE_URL. Run on the machine that has the former.
await run(async () => {
  const { databaseUrl, dataDir, stripe } = loadConfig()
  if (!databaseUrl) throw new ConfigError('DATABASE_URL is missing: set it to the empty Postgres that you move into.')
  const source = await openExisting(dataDir)
  const target = connectPostgres(databaseUrl)
  try {
    const mode = stripe.mode
    print(await moveDatabase({ source, target, mode, createSandboxTables: createSchema }))
  } finally {
    await target.close()
    await source.close()
  }
  console.log(`
Moved: every row of ${dataDir} is in DATABASE_URL, and both sides add up to the same.
Next: keep DATABASE_URL set and start the app. ${dataDir} keeps its own; nothing reads it while DATABASE_URL is set.`)
})

function print(compared: Comparison[]): void {
  const width = Math.max(...compared.map(({ table }) => table.length))
  for (const { table, rows, sums } of compared) {
    console.log(`  ${table.padEnd(width)}  ${rows.padStart(8)}  same  ${sums}`.trimEnd())
  }
}
