import { type Config, ConfigError } from '../config.ts'
import { type Connection, connectPostgres } from '../db/connection.ts'

/**
 * DATABASE_URL's Postgres, or in development the embedded one in DATA_DIR, which belongs to one process at a time. Throws a
 * ConfigError when production has no DATABASE_URL.
 */
export async function openDatabase({
  databaseUrl,
  dataDir,
  isProduction,
}: Pick<Config, 'databaseUrl' | 'dataDir' | 'isProduction'>): Promise<Connection> {
  if (databaseUrl) return connectPostgres(databaseUrl)
  if (isProduction) throw new ConfigError('DATABASE_URL is missing: production has no database of its own.')
  // Not part of a production install.
  const { openEmbedded } = await import('../db/embedded.ts')
  return openEmbedded(dataDir)
}
