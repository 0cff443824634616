import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../config.ts'
import { describe } from '../db/holdings.ts'
import { restoreEmbedded } from '../db/restore.ts'
import { run } from '../run.ts'

// Makes the embedded database anew from a file of `npm run backup`. What was there is moved aside.
await run(async () => {
  const [file] = parseArgs({ allowPositionals: true }).positionals
  const { databaseUrl, dataDir, stripe } = loadConfig()
  if (databaseUrl) {
    throw new ConfigError(
      'DATABASE_URL is set, and a real Postgres is restored by pg_restore: pg_restore --no-owner --single-transaction --dbname="$DATABASE_URL" first-paid-user.dump (see docs/backup.md)',
    )
  }
  if (!file) throw new ConfigError('Which file? npm run restore backups/first-paid-user-….tar.gz')
  const { holdings, movedTo } = await restoreEmbedded(dataDir, file, stripe.mode)
  console.log(`Restored into ${dataDir}:\n${describe(holdings)}`)
  if (movedTo) console.log(`What was there before is in ${movedTo}: delete it when you no longer need it.`)
})
