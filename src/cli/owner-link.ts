import { text } from 'node:stream/consumers'
import { createOwnerLink } from '../auth/owner-link.ts'
import { loadConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { run } from '../run.ts'
import { askRunningApp } from './control.ts'
import { openDatabase } from './database.ts'

// Prints a link that signs the owner in, once.
await run(async () => {
  const config = loadConfig()
  const answer = config.databaseUrl ? undefined : await askRunningApp(config.dataDir, 'owner-link')
  if (answer) return console.log(await text(answer))
  const connection = await openDatabase(config)
  await migrate(connection.db)
  console.log(await createOwnerLink(connection.db, config))
  await connection.close()
})
