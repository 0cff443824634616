import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../config.ts'
import { openExisting } from '../db/embedded.ts'
import { run } from '../run.ts'
import { defaultName, writePrivate } from './backup-file.ts'
import { askRunningApp } from './control.ts'

// Writes the embedded database, as it is at one moment, into one file. The app may run on meanwhile.
await run(async () => {
  const [file = defaultName(new Date())] = parseArgs({ allowPositionals: true }).positionals
  const { databaseUrl, dataDir } = loadConfig()
  if (databaseUrl) {
    throw new ConfigError(
      'DATABASE_URL is set, and a real Postgres is backed up by pg_dump: pg_dump --format=custom --file=first-paid-user.dump "$DATABASE_URL" (see docs/backup.md)',
    )
  }
  const size = await writePrivate(file, async () => (await askRunningApp(dataDir, 'backup')) ?? dumpOf(dataDir))
  console.log(
    `${file}: ${(size / 1e6).toFixed(1)} MB. Your customers' data is in it: keep it private, and not on this disk.`,
  )
})

async function dumpOf(dataDir: string): Promise<Readable> {
  const connection = await openExisting(dataDir)
  const dump = await connection.dump().finally(() => connection.close())
  // The types of the web's streams are not Node's.
  return Readable.fromWeb(dump.stream() as Parameters<typeof Readable.fromWeb>[0])
}
