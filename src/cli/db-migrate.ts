import { loadConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { run } from '../run.ts'
import { openDatabase } from './database.ts'

// Brings the database to this code's schema. The app does the same when it starts.
await run(async () => {
  const connection = await openDatabase(loadConfig())
  const steps = await migrate(connection.db)
  console.log(steps.length === 0 ? 'Nothing to do' : `Done: ${steps.join(', ')}`)
  await connection.close()
})
