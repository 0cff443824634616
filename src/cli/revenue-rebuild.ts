import { text } from 'node:stream/consumers'
import { loadConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { rebuildRollups } from '../revenue/rollups.ts'
import { run } from '../run.ts'
import { askRunningApp } from './control.ts'
import { openDatabase } from './database.ts'

// Sums up all days that are over from the books anew. The site may be running.
await run(async () => {
  const config = loadConfig()
  const answer = config.databaseUrl ? undefined : await askRunningApp(config.dataDir, 'revenue-rebuild')
  if (answer) return console.log(await text(answer))
  const connection = await openDatabase(config)
  await migrate(connection.db)
  await rebuildRollups(connection.db, config.timeZone)
  console.log('Done')
  await connection.close()
})
