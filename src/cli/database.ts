import type { Config } from '../config.ts'
import { type Connection, connectPostgres } from '../db/connection.ts'

/** DATABASE_URL's Postgres, or the embedded one in DATA_DIR, which belongs to one process at a time. */
export async function openDatabase({
  databaseUrl,
  dataDir,
}: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<Connection> {
  if (databaseUrl) return connectPostgres(databaseUrl)
  // Not part of a production install.
  const { openEmbedded } = await import('../db/embedded.ts')
  return openEmbedded(dataDir)
}
